resource "aws_vpc" "this" {
  cidr_block = "10.5.0.0/16"
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "this" {
  vpc_id            = aws_vpc.this.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.5.0.0/24"
}

resource "aws_eip" "this" {
  domain = "vpc"
}

resource "aws_s3_bucket" "logs" {
  bucket        = "meridian-accelerator-logs"
  force_destroy = true
}

resource "aws_globalaccelerator_accelerator" "this" {
  name            = "meridian"
  ip_address_type = "DUAL_STACK"
  enabled         = true
  attributes {
    flow_logs_enabled   = true
    flow_logs_s3_bucket = aws_s3_bucket.logs.bucket
    flow_logs_s3_prefix = "flow/"
  }
  tags = { team = "platform" }
}

resource "aws_globalaccelerator_listener" "this" {
  accelerator_arn = aws_globalaccelerator_accelerator.this.arn
  client_affinity = "SOURCE_IP"
  protocol        = "TCP"
  port_range {
    from_port = 443
    to_port   = 443
  }
  port_range {
    from_port = 80
    to_port   = 80
  }
}

resource "aws_globalaccelerator_endpoint_group" "this" {
  for_each                      = { "eu-west-1" = 100, "eu-central-1" = 0 }
  listener_arn                  = aws_globalaccelerator_listener.this.arn
  endpoint_group_region         = each.key
  traffic_dial_percentage       = each.value
  health_check_port             = 443
  health_check_protocol         = "HTTPS"
  health_check_path             = "/health"
  health_check_interval_seconds = 10
  threshold_count               = 2
  endpoint_configuration {
    endpoint_id = aws_eip.this.allocation_id
    weight      = 128
  }
  port_override {
    listener_port = 443
    endpoint_port = 8443
  }
}

resource "aws_globalaccelerator_cross_account_attachment" "this" {
  name       = "meridian"
  principals = ["111122223333"]
  resource {
    endpoint_id = aws_eip.this.id
    region      = "eu-west-1"
  }
  tags = { team = "platform" }
}

resource "aws_globalaccelerator_custom_routing_accelerator" "this" {
  name            = "custom"
  ip_address_type = "IPV4"
  enabled         = true
  tags            = { team = "platform" }
}

resource "aws_globalaccelerator_custom_routing_listener" "this" {
  accelerator_arn = aws_globalaccelerator_custom_routing_accelerator.this.arn
  port_range {
    from_port = 10000
    to_port   = 20000
  }
}

resource "aws_globalaccelerator_custom_routing_endpoint_group" "this" {
  listener_arn          = aws_globalaccelerator_custom_routing_listener.this.arn
  endpoint_group_region = "eu-west-1"
  destination_configuration {
    from_port = 443
    to_port   = 8443
    protocols = ["TCP"]
  }
  endpoint_configuration {
    endpoint_id = aws_subnet.this.id
  }
}
