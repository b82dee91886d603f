resource "aws_vpc" "this" {
  cidr_block = "10.6.0.0/16"
}

resource "aws_subnet" "this" {
  vpc_id            = aws_vpc.this.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.6.0.0/24"
}

resource "aws_security_group" "this" {
  name   = "runner"
  vpc_id = aws_vpc.this.id
}

resource "aws_vpc_endpoint" "this" {
  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Interface"
  service_name      = "com.amazonaws.eu-west-1.apprunner.requests"
  subnet_ids        = [aws_subnet.this.id]
}

resource "aws_iam_role" "access" {
  name = "meridian-runner-access"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "build.apprunner.amazonaws.com" } }]
  })
}

resource "aws_apprunner_auto_scaling_configuration_version" "this" {
  auto_scaling_configuration_name = "meridian"
  max_concurrency                 = 50
  max_size                        = 10
  min_size                        = 2
  tags                            = { team = "platform" }
}

resource "aws_apprunner_observability_configuration" "this" {
  observability_configuration_name = "meridian"
  trace_configuration {
    vendor = "AWSXRAY"
  }
}

resource "aws_apprunner_vpc_connector" "this" {
  vpc_connector_name = "meridian"
  subnets            = [aws_subnet.this.id]
  security_groups    = [aws_security_group.this.id]
}

resource "aws_apprunner_connection" "this" {
  connection_name = "meridian"
  provider_type   = "GITHUB"
}

resource "aws_apprunner_service" "this" {
  service_name                   = "meridian"
  auto_scaling_configuration_arn = aws_apprunner_auto_scaling_configuration_version.this.arn
  source_configuration {
    auto_deployments_enabled = true
    authentication_configuration {
      access_role_arn = aws_iam_role.access.arn
    }
    image_repository {
      image_identifier      = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1.0.0"
      image_repository_type = "ECR"
      image_configuration {
        port                          = "8080"
        runtime_environment_variables = { STAGE = "test" }
        runtime_environment_secrets   = { TOKEN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:token" }
      }
    }
  }
  instance_configuration {
    cpu               = "1024"
    memory            = "2048"
    instance_role_arn = aws_iam_role.access.arn
  }
  health_check_configuration {
    protocol            = "HTTP"
    path                = "/health"
    interval            = 5
    timeout             = 2
    healthy_threshold   = 1
    unhealthy_threshold = 3
  }
  network_configuration {
    egress_configuration {
      egress_type       = "VPC"
      vpc_connector_arn = aws_apprunner_vpc_connector.this.arn
    }
    ingress_configuration {
      is_publicly_accessible = false
    }
  }
  observability_configuration {
    observability_enabled           = true
    observability_configuration_arn = aws_apprunner_observability_configuration.this.arn
  }
  tags = { team = "platform" }
}

resource "aws_apprunner_service" "source" {
  service_name = "source"
  source_configuration {
    authentication_configuration {
      connection_arn = aws_apprunner_connection.this.arn
    }
    code_repository {
      repository_url = "https://github.com/example/service"
      source_code_version {
        type  = "BRANCH"
        value = "main"
      }
      code_configuration {
        configuration_source = "API"
        code_configuration_values {
          runtime       = "NODEJS_18"
          build_command = "npm ci"
          start_command = "npm start"
          port          = "8080"
        }
      }
    }
  }
}

resource "aws_apprunner_custom_domain_association" "this" {
  service_arn          = aws_apprunner_service.source.arn
  domain_name          = "app.meridian.test"
  enable_www_subdomain = false
}

resource "aws_apprunner_vpc_ingress_connection" "this" {
  name        = "meridian"
  service_arn = aws_apprunner_service.this.arn
  ingress_vpc_configuration {
    vpc_id          = aws_vpc.this.id
    vpc_endpoint_id = aws_vpc_endpoint.this.id
  }
}
