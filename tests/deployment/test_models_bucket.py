"""The bucket for models: versioned, encrypted, private, over TLS only, and never deleted with a stack."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deployment.promises.stacks import KEY
from tests.deployment.sam import BUCKET_TEMPLATE, GONE, Template, deployed, mutate, read

BUCKET = ("Resources", "ModelsBucket", "Properties")
STATEMENTS = ("Resources", "ModelsBucketPolicy", "Properties", "PolicyDocument", "Statement")

CHANGES: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "deleted with its stack": (("Resources", "ModelsBucket", "DeletionPolicy"), GONE),
    "lost when it is replaced": (("Resources", "ModelsBucket", "UpdateReplacePolicy"), "Delete"),
    "kept without its policy": (("Resources", "ModelsBucketPolicy", "DeletionPolicy"), GONE),
    "no versions": ((*BUCKET, "VersioningConfiguration"), GONE),
    "public": ((*BUCKET, "PublicAccessBlockConfiguration", "BlockPublicPolicy"), False),
    "owned by who uploads": ((*BUCKET, "OwnershipControls"), GONE),
    "no encryption": ((*BUCKET, "BucketEncryption"), GONE),
    "encrypted with another key": (
        (*BUCKET, "BucketEncryption", "ServerSideEncryptionConfiguration", 0, "ServerSideEncryptionByDefault",
         "KMSMasterKeyID"), GONE,
    ),
    "plain HTTP": ((*STATEMENTS, 0), GONE),
    "old TLS": ((*STATEMENTS, 1), GONE),
    "TLS for some only": ((*STATEMENTS, 0, "Principal"), {"AWS": "123456789012"}),
    "TLS for the objects only": ((*STATEMENTS, 0, "Resource"), ["arn:aws:s3:::bucket/*"]),
}  # fmt: skip


def promise(template: Template) -> None:
    resources = deployed(template, KmsKeyArn=KEY)
    bucket, policy = resources["ModelsBucket"], resources["ModelsBucketPolicy"]
    for resource in (bucket, policy):
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    properties = bucket["Properties"]
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert encryption(resources) == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    assert encryption(deployed(template)) == {"SSEAlgorithm": "AES256"}
    conditions = []
    for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
        assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
        assert statement["Resource"] == [{"Fn::GetAtt": ["ModelsBucket", "Arn"]}, "${ModelsBucket.Arn}/*"]
        conditions.append(statement["Condition"])
    assert {"Bool": {"aws:SecureTransport": "false"}} in conditions
    assert {"NumericLessThan": {"s3:TlsVersion": "1.2"}} in conditions


def encryption(resources: Template) -> Template:
    [rule] = resources["ModelsBucket"]["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    return rule["ServerSideEncryptionByDefault"]


def test_the_bucket_keeps_its_promise() -> None:
    promise(read(BUCKET_TEMPLATE))


@pytest.mark.parametrize("name", CHANGES)
def test_the_promise_breaks(name: str) -> None:
    with pytest.raises((AssertionError, LookupError)):
        promise(mutate(read(BUCKET_TEMPLATE), *CHANGES[name]))
