resource "aws_s3_bucket" "this" {
  bucket        = "meridian-assets"
  force_destroy = true
}

resource "aws_s3_bucket" "logs" {
  bucket        = "meridian-cdn-logs"
  force_destroy = true
}

resource "aws_cloudfront_origin_access_control" "this" {
  name                              = "assets"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_cache_policy" "this" {
  name        = "meridian"
  comment     = "cache"
  default_ttl = 60
  max_ttl     = 600
  min_ttl     = 1
  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true
    cookies_config {
      cookie_behavior = "none"
    }
    headers_config {
      header_behavior = "whitelist"
      headers {
        items = ["Accept-Language"]
      }
    }
    query_strings_config {
      query_string_behavior = "all"
    }
  }
}

resource "aws_cloudfront_origin_request_policy" "this" {
  name = "meridian"
  cookies_config {
    cookie_behavior = "all"
  }
  headers_config {
    header_behavior = "allViewer"
  }
  query_strings_config {
    query_string_behavior = "all"
  }
}

resource "aws_cloudfront_response_headers_policy" "this" {
  name    = "meridian"
  comment = "security headers"
  security_headers_config {
    content_type_options {
      override = true
    }
    frame_options {
      frame_option = "DENY"
      override     = true
    }
    referrer_policy {
      referrer_policy = "same-origin"
      override        = true
    }
    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      preload                    = true
      override                   = true
    }
  }
  cors_config {
    access_control_allow_credentials = false
    access_control_allow_headers {
      items = ["*"]
    }
    access_control_allow_methods {
      items = ["GET"]
    }
    access_control_allow_origins {
      items = ["https://meridian.test"]
    }
    origin_override = true
  }
  custom_headers_config {
    items {
      header   = "x-platform"
      value    = "meridian"
      override = true
    }
  }
}

resource "aws_cloudfront_function" "this" {
  name    = "rewrite"
  runtime = "cloudfront-js-2.0"
  comment = "rewrite"
  publish = true
  code    = "function handler(event) { return event.request; }"
}

resource "aws_cloudfront_key_value_store" "this" {
  name = "flags"
}

resource "aws_cloudfront_public_key" "this" {
  name        = "signer"
  encoded_key = <<-KEY
    -----BEGIN PUBLIC KEY-----
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo
    4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0/IzW7yWR7QkrmBL7jTKEn5u
    +qKhbwKfBstIs+bMY2Zkp18gnTxKLxoS2tFczGkPLPgizskuemMghRniWaoLcyeh
    kd3qqGElvW/VDL5AaWTg0nLVkjRo9z+40RQzuVaE8AkAFmxZzow3x+VJYKdjykkJ
    0iT9wCS0DRTXu269V264Vf/3jvredZiKRkgwlL9xNAwxXFg0x/XFw005UWVRIkdg
    cKWTjpBP2dPwVZ4WWC+9aGVd+Gyn1o0CLelf4rEjGoXbAAEgAqeGUxrcIlbjXfbc
    mwIDAQAB
    -----END PUBLIC KEY-----
  KEY
}

resource "aws_cloudfront_key_group" "this" {
  name  = "signers"
  items = [aws_cloudfront_public_key.this.id]
}

resource "aws_acm_certificate" "this" {
  provider          = aws.global
  domain_name       = "cdn.meridian.test"
  validation_method = "DNS"
}

resource "aws_cloudfront_distribution" "this" {
  enabled             = true
  is_ipv6_enabled     = true
  comment             = "meridian"
  http_version        = "http2and3"
  price_class         = "PriceClass_100"
  default_root_object = "index.html"
  aliases             = ["cdn.meridian.test"]
  wait_for_deployment = true
  origin {
    origin_id                = "assets"
    domain_name              = aws_s3_bucket.this.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }
  origin {
    origin_id           = "service"
    domain_name         = "service.meridian.test"
    connection_attempts = 2
    connection_timeout  = 5
    custom_origin_config {
      http_port                = 80
      https_port               = 443
      origin_protocol_policy   = "https-only"
      origin_ssl_protocols     = ["TLSv1.2"]
      origin_read_timeout      = 30
      origin_keepalive_timeout = 5
    }
    custom_header {
      name  = "x-origin"
      value = "cdn"
    }
    origin_shield {
      enabled              = true
      origin_shield_region = "eu-west-1"
    }
  }
  origin_group {
    origin_id = "both"
    failover_criteria {
      status_codes = [500, 502, 503]
    }
    member {
      origin_id = "service"
    }
    member {
      origin_id = "assets"
    }
  }
  default_cache_behavior {
    target_origin_id           = "service"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = aws_cloudfront_cache_policy.this.id
    origin_request_policy_id   = aws_cloudfront_origin_request_policy.this.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.this.arn
    }
  }
  ordered_cache_behavior {
    path_pattern           = "/assets/*"
    target_origin_id       = "assets"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    compress               = true
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction {
      restriction_type = "blacklist"
      locations        = ["KP", "IR"]
    }
  }
  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate.this.arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
  logging_config {
    bucket = aws_s3_bucket.logs.bucket_domain_name
    prefix = "cdn/"
  }
  custom_error_response {
    error_code            = 404
    response_code         = 200
    response_page_path    = "/index.html"
    error_caching_min_ttl = 10
  }
  tags = { team = "platform" }
}

data "aws_cloudfront_cache_policy" "managed" {
  name = "Managed-CachingOptimized"
}

data "aws_cloudfront_origin_request_policy" "managed" {
  name = "Managed-AllViewer"
}

data "aws_cloudfront_response_headers_policy" "managed" {
  name = "Managed-SecurityHeadersPolicy"
}
