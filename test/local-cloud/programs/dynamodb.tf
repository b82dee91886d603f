resource "aws_kms_key" "this" {
  deletion_window_in_days = 7
  multi_region            = true
}

resource "aws_kms_replica_key" "this" {
  provider                = aws.second
  primary_key_arn         = aws_kms_key.this.arn
  deletion_window_in_days = 7
}

resource "aws_dynamodb_table" "global" {
  name             = "sessions"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  range_key        = "at"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "id"
    type = "S"
  }
  attribute {
    name = "at"
    type = "N"
  }
  attribute {
    name = "user"
    type = "S"
  }
  global_secondary_index {
    name            = "by-user"
    hash_key        = "user"
    projection_type = "ALL"
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
  point_in_time_recovery {
    enabled = true
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.this.arn
  }
  replica {
    region_name            = "eu-central-1"
    kms_key_arn            = aws_kms_replica_key.this.arn
    point_in_time_recovery = true
    propagate_tags         = true
  }
  tags = { team = "platform" }
}

resource "aws_dynamodb_table" "two" {
  name             = "profiles"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  deletion_protection_enabled = false
  attribute {
    name = "id"
    type = "S"
  }
  replica {
    region_name = "eu-central-1"
  }
  replica {
    region_name = "us-east-1"
  }
}

resource "aws_dynamodb_table" "separate" {
  name             = "separate"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "id"
    type = "S"
  }
  lifecycle {
    ignore_changes = [replica]
  }
}

resource "aws_dynamodb_table_replica" "this" {
  provider               = aws.second
  global_table_arn       = aws_dynamodb_table.separate.arn
  point_in_time_recovery = true
  tags                   = { team = "platform" }
}

resource "aws_dynamodb_table" "provisioned" {
  name           = "provisioned"
  billing_mode   = "PROVISIONED"
  read_capacity  = 5
  write_capacity = 5
  hash_key       = "id"
  attribute {
    name = "id"
    type = "S"
  }
  lifecycle {
    ignore_changes = [read_capacity, write_capacity]
  }
}

resource "aws_appautoscaling_target" "read" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.provisioned.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  min_capacity       = 5
  max_capacity       = 100
}

resource "aws_appautoscaling_policy" "read" {
  name               = "read"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.read.service_namespace
  resource_id        = aws_appautoscaling_target.read.resource_id
  scalable_dimension = aws_appautoscaling_target.read.scalable_dimension
  target_tracking_scaling_policy_configuration {
    target_value = 70
    predefined_metric_specification {
      predefined_metric_type = "DynamoDBReadCapacityUtilization"
    }
  }
}
