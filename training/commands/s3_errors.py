"""What boto3's errors mean for the person who publishes a model, in one sentence each."""

from __future__ import annotations

SENTENCES = {
    "NoSuchBucket": "the bucket {bucket} does not exist: check its name, and the account and region in use",
    "AccessDenied": "permission is missing on s3://{bucket}: these credentials need s3:PutObject and s3:GetObject "
    "there, and with --kms-key also kms:GenerateDataKey and kms:Decrypt on the key",
    "InvalidBucketName": "{bucket} is no valid bucket name",
    "PermanentRedirect": "the bucket {bucket} is in another region: set AWS_REGION to it",
    "InvalidAccessKeyId": "S3 does not know these credentials: check the access key and the profile in use",
    "SignatureDoesNotMatch": "S3 refused the signature: check the secret key",
    "ExpiredToken": "the credentials have expired: sign in again",
    "ConditionalRequestConflict": "somebody is publishing the same model right now: try again",
    "BadDigest": "the file was damaged on its way: try again",
    "SlowDown": "S3 asks to slow down: try again later",
    "NoCredentialsError": "no AWS credentials were found: run `aws configure` or set AWS_PROFILE",
    "PartialCredentialsError": "the AWS credentials are incomplete: set both the access key and the secret key",
    "ProfileNotFound": "the profile in AWS_PROFILE does not exist: see `aws configure list-profiles`",
    "ParamValidationError": "{bucket} is no valid bucket name",
    "EndpointConnectionError": "S3 cannot be reached: check the network",
    "ConnectTimeoutError": "S3 cannot be reached: check the network",
    "ReadTimeoutError": "S3 did not answer in time: try again",
}
SENTENCES["InvalidToken"] = SENTENCES["InvalidAccessKeyId"]
SENTENCES["InvalidClientTokenId"] = SENTENCES["InvalidAccessKeyId"]
SENTENCES["403"] = SENTENCES["Forbidden"] = SENTENCES["AllAccessDisabled"] = SENTENCES["AccessDenied"]


def explain(error: Exception, bucket: str) -> str:
    """The sentence for a botocore error: by S3's code, else by the error's type, else botocore's own words."""
    code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
    for name in (code, type(error).__name__):
        if name in SENTENCES:
            return SENTENCES[name].format(bucket=bucket)
    if code.startswith("KMS"):
        return f"S3 cannot use the KMS key ({code}): check its ARN and region, and the permission kms:GenerateDataKey"
    return f"S3 refused: {error}"
