resource "aws_route53_zone" "this" {
  name    = "meridian.test"
  comment = "test"
  tags    = { Name = "zone" }
}

resource "aws_vpc" "this" {
  cidr_block = "10.2.0.0/16"
}

resource "aws_route53_zone" "private" {
  name = "internal.meridian.test"
  vpc {
    vpc_id = aws_vpc.this.id
  }
}

resource "aws_route53_health_check" "https" {
  type              = "HTTPS"
  fqdn              = "eu-west-1.meridian.test"
  port              = 443
  resource_path     = "/health"
  request_interval  = 10
  failure_threshold = 2
  measure_latency   = false
  enable_sni        = true
  regions           = ["eu-west-1", "us-east-1", "ap-southeast-1"]
  tags              = { Name = "https" }
}

resource "aws_route53_health_check" "match" {
  type              = "HTTPS_STR_MATCH"
  fqdn              = "eu-west-1.meridian.test"
  port              = 443
  resource_path     = "/health"
  search_string     = "ok"
  request_interval  = 30
  failure_threshold = 3
}

resource "aws_route53_health_check" "tcp" {
  type              = "TCP"
  ip_address        = "192.0.2.1"
  port              = 443
  request_interval  = 30
  failure_threshold = 3
}

resource "aws_route53_health_check" "calculated" {
  type                   = "CALCULATED"
  child_health_threshold = 1
  child_healthchecks     = [aws_route53_health_check.https.id, aws_route53_health_check.match.id]
  invert_healthcheck     = true
}

resource "aws_cloudwatch_metric_alarm" "this" {
  alarm_name          = "dns"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "LessThanThreshold"
}

resource "aws_route53_health_check" "alarm" {
  type                            = "CLOUDWATCH_METRIC"
  cloudwatch_alarm_name           = aws_cloudwatch_metric_alarm.this.alarm_name
  cloudwatch_alarm_region         = "eu-west-1"
  insufficient_data_health_status = "Unhealthy"
}

resource "aws_route53_record" "simple" {
  zone_id = aws_route53_zone.this.zone_id
  name    = "simple"
  type    = "A"
  ttl     = 60
  records = ["192.0.2.1"]
}

resource "aws_route53_record" "latency" {
  for_each        = toset(["eu-west-1", "eu-central-1"])
  zone_id         = aws_route53_zone.this.zone_id
  name            = "latency.meridian.test"
  type            = "A"
  set_identifier  = each.key
  health_check_id = aws_route53_health_check.https.id
  latency_routing_policy {
    region = each.key
  }
  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_record" "failover" {
  for_each        = toset(["PRIMARY", "SECONDARY"])
  zone_id         = aws_route53_zone.this.zone_id
  name            = "failover"
  type            = "A"
  ttl             = 30
  records         = ["192.0.2.1"]
  set_identifier  = each.key
  health_check_id = aws_route53_health_check.https.id
  failover_routing_policy {
    type = each.key
  }
}

resource "aws_route53_record" "weighted" {
  for_each       = { a = 0, b = 255 }
  zone_id        = aws_route53_zone.this.zone_id
  name           = "weighted"
  type           = "CNAME"
  ttl            = 30
  records        = ["${each.key}.example.com"]
  set_identifier = each.key
  weighted_routing_policy {
    weight = each.value
  }
}

resource "aws_route53_record" "geolocation" {
  for_each       = { default = { country = "*" }, eu = { continent = "EU" }, de = { country = "DE" }, california = { country = "US", subdivision = "CA" } }
  zone_id        = aws_route53_zone.this.zone_id
  name           = "geolocation"
  type           = "A"
  ttl            = 30
  records        = ["192.0.2.1"]
  set_identifier = each.key
  geolocation_routing_policy {
    continent   = lookup(each.value, "continent", null)
    country     = lookup(each.value, "country", null)
    subdivision = lookup(each.value, "subdivision", null)
  }
}

resource "aws_route53_record" "geoproximity" {
  for_each       = { "eu-west-1" = 10, "us-east-1" = -10 }
  zone_id        = aws_route53_zone.this.zone_id
  name           = "geoproximity"
  type           = "A"
  ttl            = 30
  records        = ["192.0.2.1"]
  set_identifier = each.key
  geoproximity_routing_policy {
    aws_region = each.key
    bias       = each.value
  }
}

resource "aws_route53_record" "coordinates" {
  zone_id        = aws_route53_zone.this.zone_id
  name           = "coordinates"
  type           = "A"
  ttl            = 30
  records        = ["192.0.2.1"]
  set_identifier = "berlin"
  geoproximity_routing_policy {
    coordinates {
      latitude  = "52.52"
      longitude = "13.40"
    }
  }
}

resource "aws_route53_record" "multivalue" {
  for_each                         = toset(["a", "b"])
  zone_id                          = aws_route53_zone.this.zone_id
  name                             = "multivalue"
  type                             = "A"
  ttl                              = 30
  records                          = ["192.0.2.1"]
  set_identifier                   = each.key
  multivalue_answer_routing_policy = true
  health_check_id                  = aws_route53_health_check.tcp.id
}

resource "aws_route53_cidr_collection" "this" {
  name = "offices"
}

resource "aws_route53_cidr_location" "this" {
  cidr_collection_id = aws_route53_cidr_collection.this.id
  name               = "berlin"
  cidr_blocks        = ["203.0.113.0/24", "198.51.100.0/24"]
}

resource "aws_route53_record" "cidr" {
  for_each       = { berlin = aws_route53_cidr_location.this.name, default = "*" }
  zone_id        = aws_route53_zone.this.zone_id
  name           = "cidr"
  type           = "A"
  ttl            = 30
  records        = ["192.0.2.1"]
  set_identifier = each.key
  cidr_routing_policy {
    collection_id = aws_route53_cidr_collection.this.id
    location_name = each.value
  }
}

resource "aws_route53_record" "txt" {
  zone_id = aws_route53_zone.this.zone_id
  name    = ""
  type    = "TXT"
  ttl     = 300
  records = ["v=spf1 -all", "a \"quoted\" one"]
}

resource "aws_route53_record" "caa" {
  zone_id = aws_route53_zone.this.zone_id
  name    = "meridian.test"
  type    = "CAA"
  ttl     = 300
  records = ["0 issue \"amazon.com\""]
}

resource "aws_cloudwatch_log_group" "queries" {
  provider          = aws.global
  name              = "/aws/route53/meridian.test"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_resource_policy" "queries" {
  provider    = aws.global
  policy_name = "route53"
  policy_document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "arn:aws:logs:*:*:log-group:/aws/route53/*", Principal = { Service = "route53.amazonaws.com" } }]
  })
}

resource "aws_route53_query_log" "this" {
  zone_id                  = aws_route53_zone.this.zone_id
  cloudwatch_log_group_arn = aws_cloudwatch_log_group.queries.arn
  depends_on               = [aws_cloudwatch_log_resource_policy.queries]
}

resource "aws_kms_key" "dnssec" {
  provider                 = aws.global
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
  deletion_window_in_days  = 7
}

resource "aws_route53_key_signing_key" "this" {
  hosted_zone_id             = aws_route53_zone.this.zone_id
  key_management_service_arn = aws_kms_key.dnssec.arn
  name                       = "first"
}

resource "aws_route53_hosted_zone_dnssec" "this" {
  hosted_zone_id = aws_route53_key_signing_key.this.hosted_zone_id
}

resource "aws_acm_certificate" "this" {
  domain_name               = "meridian.test"
  subject_alternative_names = ["*.meridian.test"]
  validation_method         = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = { for option in aws_acm_certificate.this.domain_validation_options : option.domain_name => option }
  zone_id  = aws_route53_zone.this.zone_id
  name     = each.value.resource_record_name
  type     = each.value.resource_record_type
  records  = [each.value.resource_record_value]
  ttl      = 60
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

resource "aws_subnet" "this" {
  for_each          = { "eu-west-1a" = "10.2.0.0/24", "eu-west-1b" = "10.2.1.0/24" }
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_lb" "this" {
  name     = "dns"
  internal = true
  subnets  = [for subnet in aws_subnet.this : subnet.id]
}

resource "aws_route53_delegation_set" "this" {
  reference_name = "meridian"
}
