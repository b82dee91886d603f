resource "aws_vpc" "this" {
  cidr_block = "10.3.0.0/16"
}

resource "aws_subnet" "this" {
  for_each          = { "eu-west-1a" = "10.3.0.0/24", "eu-west-1b" = "10.3.1.0/24" }
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_security_group" "this" {
  name   = "resolver"
  vpc_id = aws_vpc.this.id
}

resource "aws_route53_resolver_endpoint" "this" {
  for_each           = toset(["INBOUND", "OUTBOUND"])
  name               = lower(each.key)
  direction          = each.key
  security_group_ids = [aws_security_group.this.id]
  protocols          = ["Do53"]
  dynamic "ip_address" {
    for_each = aws_subnet.this
    content {
      subnet_id = ip_address.value.id
    }
  }
  tags = { team = "platform" }
}

resource "aws_route53_resolver_rule" "this" {
  name                 = "corporate"
  domain_name          = "corp.meridian.test"
  rule_type            = "FORWARD"
  resolver_endpoint_id = aws_route53_resolver_endpoint.this["OUTBOUND"].id
  target_ip {
    ip = "10.3.0.10"
  }
  tags = { team = "platform" }
}

resource "aws_route53_resolver_rule_association" "this" {
  resolver_rule_id = aws_route53_resolver_rule.this.id
  vpc_id           = aws_vpc.this.id
}

resource "aws_cloudwatch_log_group" "this" {
  name = "/meridian/resolver"
}

resource "aws_route53_resolver_query_log_config" "this" {
  name            = "queries"
  destination_arn = aws_cloudwatch_log_group.this.arn
}

resource "aws_route53_resolver_query_log_config_association" "this" {
  resolver_query_log_config_id = aws_route53_resolver_query_log_config.this.id
  resource_id                  = aws_vpc.this.id
}

resource "aws_ram_resource_share" "this" {
  name                      = "resolver-rules"
  allow_external_principals = false
  tags                      = { team = "platform" }
}

resource "aws_ram_resource_association" "this" {
  resource_share_arn = aws_ram_resource_share.this.arn
  resource_arn       = aws_route53_resolver_rule.this.arn
}

resource "aws_ram_principal_association" "this" {
  resource_share_arn = aws_ram_resource_share.this.arn
  principal          = "111122223333"
}

resource "aws_route53_resolver_firewall_domain_list" "this" {
  name    = "blocked"
  domains = ["blocked.example.", "*.sink.example."]
}

resource "aws_route53_resolver_firewall_rule_group" "this" {
  name = "firewall"
}

resource "aws_route53_resolver_firewall_rule" "this" {
  name                    = "block"
  action                  = "BLOCK"
  block_response          = "NODATA"
  firewall_domain_list_id = aws_route53_resolver_firewall_domain_list.this.id
  firewall_rule_group_id  = aws_route53_resolver_firewall_rule_group.this.id
  priority                = 100
}

resource "aws_route53_resolver_firewall_rule_group_association" "this" {
  name                   = "firewall"
  firewall_rule_group_id = aws_route53_resolver_firewall_rule_group.this.id
  priority               = 101
  vpc_id                 = aws_vpc.this.id
}

resource "aws_route53_resolver_firewall_config" "this" {
  resource_id        = aws_vpc.this.id
  firewall_fail_open = "ENABLED"
}
