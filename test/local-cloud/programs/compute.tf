resource "aws_vpc" "this" {
  cidr_block = "10.7.0.0/16"
}

resource "aws_subnet" "this" {
  vpc_id            = aws_vpc.this.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.7.0.0/24"
}

resource "aws_security_group" "this" {
  name   = "lustre"
  vpc_id = aws_vpc.this.id
}

resource "aws_placement_group" "cluster" {
  name     = "meridian-cluster"
  strategy = "cluster"
  tags     = { team = "platform" }
}

resource "aws_placement_group" "partition" {
  name            = "meridian-partition"
  strategy        = "partition"
  partition_count = 3
}

resource "aws_ec2_capacity_reservation" "this" {
  instance_type           = "c7i.large"
  instance_platform       = "Linux/UNIX"
  availability_zone       = "eu-west-1a"
  instance_count          = 2
  instance_match_criteria = "targeted"
  placement_group_arn     = aws_placement_group.cluster.arn
  tags                    = { team = "platform" }
}

resource "aws_s3_bucket" "this" {
  bucket        = "meridian-lustre"
  force_destroy = true
}

resource "aws_fsx_lustre_file_system" "persistent" {
  deployment_type             = "PERSISTENT_2"
  storage_capacity            = 1200
  per_unit_storage_throughput = 125
  subnet_ids                  = [aws_subnet.this.id]
  security_group_ids          = [aws_security_group.this.id]
  data_compression_type       = "LZ4"
  file_system_type_version    = "2.15"
  tags                        = { team = "platform" }
  metadata_configuration {
    mode = "AUTOMATIC"
  }
}

resource "aws_fsx_lustre_file_system" "scratch" {
  deployment_type  = "SCRATCH_2"
  storage_capacity = 1200
  subnet_ids       = [aws_subnet.this.id]
}

resource "aws_fsx_data_repository_association" "this" {
  file_system_id       = aws_fsx_lustre_file_system.persistent.id
  data_repository_path = "s3://${aws_s3_bucket.this.bucket}"
  file_system_path     = "/data"
  s3 {
    auto_export_policy {
      events = ["NEW", "CHANGED", "DELETED"]
    }
    auto_import_policy {
      events = ["NEW", "CHANGED", "DELETED"]
    }
  }
  tags = { team = "platform" }
}
