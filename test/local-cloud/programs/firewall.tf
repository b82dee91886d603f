resource "aws_wafv2_ip_set" "this" {
  for_each           = { IPV4 = ["192.0.2.0/24", "198.51.100.7/32"], IPV6 = ["2001:db8::/32"] }
  name               = "blocked-${lower(each.key)}"
  description        = "Block list"
  scope              = "REGIONAL"
  ip_address_version = each.key
  addresses          = each.value
  tags               = { team = "platform" }
}

resource "aws_wafv2_regex_pattern_set" "this" {
  name  = "admin"
  scope = "REGIONAL"
  regular_expression {
    regex_string = "^/admin"
  }
}

resource "aws_wafv2_rule_group" "this" {
  name     = "blocks"
  scope    = "REGIONAL"
  capacity = 50
  rule {
    name     = "blocked"
    priority = 1
    action {
      block {}
    }
    statement {
      ip_set_reference_statement {
        arn = aws_wafv2_ip_set.this["IPV4"].arn
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "blocked"
      sampled_requests_enabled   = true
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "blocks"
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl" "this" {
  name        = "meridian"
  description = "Firewall"
  scope       = "REGIONAL"
  default_action {
    allow {}
  }
  custom_response_body {
    key          = "blocked"
    content      = "blocked"
    content_type = "TEXT_PLAIN"
  }
  rule {
    name     = "ip"
    priority = 0
    action {
      block {
        custom_response {
          response_code            = 403
          custom_response_body_key = "blocked"
          response_header {
            name  = "x-blocked"
            value = "yes"
          }
        }
      }
    }
    statement {
      or_statement {
        statement {
          ip_set_reference_statement {
            arn = aws_wafv2_ip_set.this["IPV4"].arn
          }
        }
        statement {
          ip_set_reference_statement {
            arn = aws_wafv2_ip_set.this["IPV6"].arn
          }
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "ip"
      sampled_requests_enabled   = true
    }
  }
  rule {
    name     = "rate"
    priority = 1
    action {
      block {}
    }
    statement {
      rate_based_statement {
        limit                 = 2000
        evaluation_window_sec = 300
        aggregate_key_type    = "IP"
        scope_down_statement {
          byte_match_statement {
            search_string         = "/login"
            positional_constraint = "STARTS_WITH"
            field_to_match {
              uri_path {}
            }
            text_transformation {
              priority = 0
              type     = "LOWERCASE"
            }
          }
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = true
    }
  }
  rule {
    name     = "countries"
    priority = 2
    action {
      block {}
    }
    statement {
      geo_match_statement {
        country_codes = ["KP", "IR"]
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "countries"
      sampled_requests_enabled   = true
    }
  }
  rule {
    name     = "managed"
    priority = 3
    override_action {
      none {}
    }
    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesCommonRuleSet"
        vendor_name = "AWS"
        rule_action_override {
          name = "SizeRestrictions_BODY"
          action_to_use {
            count {}
          }
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "managed"
      sampled_requests_enabled   = true
    }
  }
  rule {
    name     = "group"
    priority = 4
    override_action {
      count {}
    }
    statement {
      rule_group_reference_statement {
        arn = aws_wafv2_rule_group.this.arn
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "group"
      sampled_requests_enabled   = true
    }
  }
  rule {
    name     = "pattern"
    priority = 5
    action {
      captcha {}
    }
    statement {
      not_statement {
        statement {
          regex_pattern_set_reference_statement {
            arn = aws_wafv2_regex_pattern_set.this.arn
            field_to_match {
              single_header {
                name = "user-agent"
              }
            }
            text_transformation {
              priority = 0
              type     = "NONE"
            }
          }
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "pattern"
      sampled_requests_enabled   = true
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "meridian"
    sampled_requests_enabled   = true
  }
  tags = { team = "platform" }
}

resource "aws_cloudwatch_log_group" "this" {
  name = "aws-waf-logs-meridian"
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.this.arn]
  redacted_fields {
    single_header {
      name = "authorization"
    }
  }
  logging_filter {
    default_behavior = "DROP"
    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"
      condition {
        action_condition {
          action = "BLOCK"
        }
      }
    }
  }
}

resource "aws_vpc" "this" {
  cidr_block = "10.4.0.0/16"
}

resource "aws_subnet" "this" {
  for_each          = { "eu-west-1a" = "10.4.0.0/24", "eu-west-1b" = "10.4.1.0/24" }
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_lb" "this" {
  name     = "firewall"
  internal = true
  subnets  = [for subnet in aws_subnet.this : subnet.id]
}

resource "aws_wafv2_web_acl_association" "this" {
  resource_arn = aws_lb.this.arn
  web_acl_arn  = aws_wafv2_web_acl.this.arn
}

resource "aws_wafv2_ip_set" "global" {
  provider           = aws.global
  name               = "blocked-global"
  scope              = "CLOUDFRONT"
  ip_address_version = "IPV4"
  addresses          = ["192.0.2.0/24"]
}

resource "aws_wafv2_web_acl" "global" {
  provider = aws.global
  name     = "global"
  scope    = "CLOUDFRONT"
  default_action {
    allow {}
  }
  rule {
    name     = "ip"
    priority = 0
    action {
      block {}
    }
    statement {
      ip_set_reference_statement {
        arn = aws_wafv2_ip_set.global.arn
        ip_set_forwarded_ip_config {
          fallback_behavior = "NO_MATCH"
          header_name       = "X-Forwarded-For"
          position          = "FIRST"
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "ip"
      sampled_requests_enabled   = true
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "global"
    sampled_requests_enabled   = true
  }
}
