"""`python -m lambda_app.model.publish`, against a real S3 API over HTTP (moto's server)."""

import base64
import hashlib
import json
import re
import sys
import urllib.request
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from lambda_app.model.artefact.bucket import Bucket
from lambda_app.model.publish import main
from tests.small_models import fields, model, save
from tests.tools import golden
from training.commands.s3_errors import explain

BUCKET = "models"


@pytest.fixture(scope="module")
def server():
    """The address of an S3 server. Its name is localhost because moto takes 127.0.0.1 for a bucket's host."""
    server = ThreadedMotoServer(ip_address="localhost", port=0, verbose=False)
    server.start()
    yield f"http://localhost:{server.get_host_and_port()[1]}"
    server.stop()


@pytest.fixture
def s3(server, monkeypatch, tmp_path):
    """A client of an S3 that holds one empty bucket; the environment points the command there."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ENDPOINT_URL": server,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no-credentials"),
    }.items():
        monkeypatch.setenv(name, value)
    post(server, "/moto-api/reset")
    client = boto3.session.Session().client("s3")
    client.create_bucket(Bucket=BUCKET)
    yield client
    client.close()


@pytest.fixture
def artefact(tmp_path):
    return save(tmp_path / "model.json", model())


@pytest.fixture
def enforced(server, s3):
    """Turns on IAM and returns a way to take on a user with the policy's actions."""

    def become(monkeypatch, *actions):
        session = boto3.session.Session()
        iam = session.client("iam")
        iam.create_user(UserName="publisher")
        if actions:
            statement = {"Effect": "Allow", "Action": list(actions), "Resource": f"arn:aws:s3:::{BUCKET}/*"}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            iam.put_user_policy(UserName="publisher", PolicyName="publish", PolicyDocument=policy)
        key = iam.create_access_key(UserName="publisher")["AccessKey"]
        iam.close()
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        post(server, "/moto-api/reset-auth", b"0")

    yield become
    post(server, "/moto-api/reset-auth", b"inf")


def post(server, path, body=b""):
    headers = {"Content-Type": "application/octet-stream"}
    with urllib.request.urlopen(urllib.request.Request(server + path, body, headers, method="POST")) as response:
        assert response.status == 200


def test_the_object_is_the_file_under_its_own_hash_with_a_checksum(s3, artefact, capsys):
    assert main([f"s3://{BUCKET}/prod/eu", "--model", artefact]) == 0
    content = Path(artefact).read_bytes()
    digest = hashlib.sha256(content)
    key = f"prod/eu/{digest.hexdigest()}.json"
    assert capsys.readouterr().out.splitlines()[-1] == f"ModelUri=s3://{BUCKET}/{key}"
    there = s3.get_object(Bucket=BUCKET, Key=key, ChecksumMode="ENABLED")
    assert there["Body"].read() == content
    assert there["ChecksumSHA256"] == base64.b64encode(digest.digest()).decode()
    assert there["ContentType"] == "application/json"


@pytest.mark.parametrize("path", sorted(golden.MODELS.glob("*.json")), ids=lambda path: path.stem)
def test_every_kind_of_model_is_read_back_from_where_it_was_published(s3, capsys, path):
    assert main([f"s3://{BUCKET}/prod", "--model", str(path)]) == 0
    uri = capsys.readouterr().out.splitlines()[-1].removeprefix("ModelUri=")
    assert Bucket(uri).read().to_json() == path.read_text("ascii")


@pytest.mark.parametrize("destination", ["s3://models", "s3://models/"])
def test_the_prefix_may_be_left_out(s3, artefact, capsys, destination):
    assert main([destination, "--model", artefact]) == 0
    assert re.search(r"^ModelUri=s3://models/[0-9a-f]{64}\.json$", capsys.readouterr().out, re.MULTILINE)


def test_the_same_file_twice_is_a_success_and_said(s3, artefact, capsys):
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    assert main([f"s3://{BUCKET}/prod", "--model", artefact]) == 0
    first = capsys.readouterr().out.splitlines()[-1]
    assert main([f"s3://{BUCKET}/prod/", "--model", artefact]) == 0
    said = capsys.readouterr().out
    assert "already published" in said
    assert said.splitlines()[-1] == first
    assert len(s3.list_object_versions(Bucket=BUCKET)["Versions"]) == 1


def test_an_object_with_other_content_is_reported_and_left_alone(s3, artefact, capsys):
    key = f"prod/{hashlib.sha256(Path(artefact).read_bytes()).hexdigest()}.json"
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"somebody else's")
    assert main([f"s3://{BUCKET}/prod", "--model", artefact]) == 1
    assert "exists with other content" in capsys.readouterr().err
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"somebody else's"


@pytest.fixture
def kms_key(s3):
    kms = boto3.session.Session().client("kms")
    yield kms.create_key()["KeyMetadata"]["Arn"]
    kms.close()


def test_without_a_key_the_bucket_s_own_encryption_stays_in_force(s3, artefact, capsys, kms_key):
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": kms_key}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=rules)
    assert main([f"s3://{BUCKET}/prod", "--model", artefact]) == 0
    key = capsys.readouterr().out.strip().split(f"s3://{BUCKET}/")[1]
    there = s3.head_object(Bucket=BUCKET, Key=key)
    assert (there["ServerSideEncryption"], there["SSEKMSKeyId"]) == ("aws:kms", kms_key)


def test_a_customer_key_encrypts(s3, artefact, capsys, kms_key):
    assert main([f"s3://{BUCKET}/prod", "--model", artefact, "--kms-key", kms_key]) == 0
    key = capsys.readouterr().out.strip().split(f"s3://{BUCKET}/")[1]
    there = s3.head_object(Bucket=BUCKET, Key=key)
    assert (there["ServerSideEncryption"], there["SSEKMSKeyId"]) == ("aws:kms", kms_key)


def refused(capsys, *arguments):
    """The one sentence on standard error with which the command refuses."""
    assert main(list(arguments)) == 1
    out, err = capsys.readouterr()
    assert "ModelUri" not in out
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    return err


def test_missing_bucket(s3, artefact, capsys):
    assert "the bucket nowhere does not exist" in refused(capsys, "s3://nowhere/prod", "--model", artefact)


def test_missing_credentials(s3, artefact, capsys, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "no AWS credentials were found" in refused(capsys, f"s3://{BUCKET}/prod", "--model", artefact)


def test_incomplete_credentials(s3, artefact, capsys, monkeypatch):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "the AWS credentials are incomplete" in refused(capsys, f"s3://{BUCKET}/prod", "--model", artefact)


def test_unknown_profile(s3, artefact, capsys, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert "the profile in AWS_PROFILE does not exist" in refused(capsys, f"s3://{BUCKET}/prod", "--model", artefact)


def test_unknown_access_key(s3, artefact, capsys, enforced, monkeypatch):
    enforced(monkeypatch)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIANOBODYKNOWSTHIS0")
    assert "S3 does not know these credentials" in refused(capsys, f"s3://{BUCKET}/prod", "--model", artefact)


def test_missing_permission(s3, artefact, capsys, enforced, monkeypatch):
    enforced(monkeypatch, "s3:GetObject")
    assert "permission is missing on s3://models" in refused(capsys, f"s3://{BUCKET}/prod", "--model", artefact)


def test_two_permissions_are_enough(s3, artefact, capsys, enforced, monkeypatch):
    enforced(monkeypatch, "s3:PutObject", "s3:GetObject")
    assert [main([f"s3://{BUCKET}/prod", "--model", artefact]) for _ in range(2)] == [0, 0]
    assert "already published" in capsys.readouterr().out


def test_unreachable_server(s3, artefact, capsys, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1")
    assert "S3 cannot be reached" in refused(capsys, f"s3://{BUCKET}/prod", "--model", artefact)


def test_a_bucket_name_that_boto3_refuses(s3, artefact, capsys):
    assert "no valid bucket name" in refused(capsys, "s3://my bucket/prod", "--model", artefact)


def test_boto3_is_not_installed(artefact, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert "boto3 is not installed" in refused(capsys, "s3://models/prod", "--model", artefact)


def test_missing_file(s3, tmp_path, capsys):
    sentence = refused(capsys, "s3://models/prod", "--model", str(tmp_path / "missing.json"))
    assert "missing.json: No such file or directory" in sentence


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\xff\xfe", model().to_json().replace("benign", "benigm").encode(), model().to_json()[:-9].encode()],
    ids=["empty", "no model", "not ascii", "flipped", "torn"],
)
def test_nothing_unproved_is_uploaded(s3, tmp_path, capsys, content):
    (tmp_path / "bad.json").write_bytes(content)
    assert "bad.json is refused" in refused(capsys, f"s3://{BUCKET}/prod", "--model", str(tmp_path / "bad.json"))
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_a_model_that_lies_about_its_golden_rows_is_not_uploaded(s3, tmp_path, capsys):
    lying = fields()
    lying["golden_rows"][0]["probabilities"] = [0.5, 0.5]
    path = save(tmp_path / "lying.json", type(model())(**lying))
    assert "does not reproduce scikit-learn" in refused(capsys, f"s3://{BUCKET}/prod", "--model", path)
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


@pytest.mark.parametrize(
    "destination",
    [
        "models/prod",
        "s3:/models",
        "s3://",
        "s3:///prod",
        "https://models/prod",
        "s3://models/a b",
        "s3://models/a//b",
        "s3://models/ä",
    ],
)
def test_a_bad_uri_is_wrong_usage(destination, capsys):
    with pytest.raises(SystemExit) as exit_:
        main([destination])
    assert exit_.value.code == 2
    assert re.search("must look like s3://bucket/prefix|the prefix may hold", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("KMS.DisabledException", "S3 cannot use the KMS key (KMS.DisabledException)"),
        ("ConditionalRequestConflict", "somebody is publishing the same model right now"),
        ("Teapot", "S3 refused: An error occurred (Teapot) when calling the PutObject operation: {short and stout}"),
    ],
)
def test_errors_that_no_test_server_gives(code, sentence):
    error = ClientError({"Error": {"Code": code, "Message": "{short and stout}"}}, "PutObject")
    assert explain(error, BUCKET).startswith(sentence)


def test_other_refusals_are_not_taken_for_an_existing_object(s3, artefact, capsys):
    """A bucket whose policy denies answers 403: that is no 'already published'."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    assert "permission is missing" in refused(capsys, f"s3://{BUCKET}/prod", "--model", artefact)


def test_help_shows_the_way_to_deploy(printed_help):
    assert "sam deploy --parameter-overrides" in printed_help("publish")
