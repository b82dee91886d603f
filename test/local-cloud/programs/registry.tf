resource "aws_kms_key" "this" {
  deletion_window_in_days = 7
}

resource "aws_ecr_repository" "this" {
  name                 = "web"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = true
  image_scanning_configuration {
    scan_on_push = true
  }
  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.this.arn
  }
}

resource "aws_ecr_repository" "plain" {
  name = "plain"
  tags = { team = "platform" }
}

resource "aws_ecr_repository_policy" "this" {
  repository = aws_ecr_repository.this.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Pull", Effect = "Allow", Action = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], Principal = { AWS = "arn:aws:iam::123456789012:root" } }]
  })
}

resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name
  policy = jsonencode({
    rules = [{ rulePriority = 1, description = "keep ten", selection = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 10 }, action = { type = "expire" } }]
  })
}

resource "aws_ecr_replication_configuration" "this" {
  replication_configuration {
    rule {
      destination {
        region      = "eu-central-1"
        registry_id = "123456789012"
      }
      repository_filter {
        filter      = "web"
        filter_type = "PREFIX_MATCH"
      }
    }
  }
}

resource "aws_ecr_registry_policy" "this" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Replicate", Effect = "Allow", Action = ["ecr:CreateRepository", "ecr:ReplicateImage"], Resource = "arn:aws:ecr:eu-west-1:123456789012:repository/*", Principal = { AWS = "arn:aws:iam::111122223333:root" } }]
  })
}

resource "aws_ecr_registry_scanning_configuration" "this" {
  scan_type = "ENHANCED"
  rule {
    scan_frequency = "CONTINUOUS_SCAN"
    repository_filter {
      filter      = "*"
      filter_type = "WILDCARD"
    }
  }
}

resource "aws_iam_role" "template" {
  name = "meridian-ecr-template"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecr.amazonaws.com" } }]
  })
}

resource "aws_ecr_repository_creation_template" "this" {
  provider             = aws.second
  prefix               = "web"
  description          = "replicated images"
  applied_for          = ["REPLICATION"]
  image_tag_mutability = "IMMUTABLE"
  custom_role_arn      = aws_iam_role.template.arn
  resource_tags        = { team = "platform" }
  encryption_configuration {
    encryption_type = "AES256"
  }
  lifecycle_policy = jsonencode({
    rules = [{ rulePriority = 1, selection = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 7 }, action = { type = "expire" } }]
  })
  repository_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Pull", Effect = "Allow", Action = ["ecr:BatchGetImage"], Principal = { AWS = "arn:aws:iam::123456789012:root" } }]
  })
}

resource "aws_ecr_pull_through_cache_rule" "this" {
  ecr_repository_prefix = "ecr-public"
  upstream_registry_url = "public.ecr.aws"
}

resource "aws_secretsmanager_secret" "hub" {
  name                    = "ecr-pullthroughcache/hub"
  recovery_window_in_days = 0
}

resource "aws_ecr_pull_through_cache_rule" "hub" {
  ecr_repository_prefix = "docker-hub"
  upstream_registry_url = "registry-1.docker.io"
  credential_arn        = aws_secretsmanager_secret.hub.arn
}

resource "aws_ecr_account_setting" "this" {
  name  = "BASIC_SCAN_TYPE_VERSION"
  value = "AWS_NATIVE"
}
