"""The unmodified Azure Storage SDK for Python through the signed URLs of the LCS API: uploading whole
and in blocks, at once and checked, blocks that outlive a death of the server, properties and conditions,
downloading whole and in ranges, and its errors."""

import hashlib
import io
import os
import sys

import four_steps
import local_cloud
from azure.core import MatchConditions
from azure.core.exceptions import (
    ClientAuthenticationError, HttpResponseError, ResourceExistsError, ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobBlock, BlobClient, ContentSettings

MEBIBYTE = 1024 * 1024


def main():
    with local_cloud.running(sys.argv[1]) as cloud:
        token, _ = four_steps.tokens(cloud, four_steps.register(cloud))
        library = f"{cloud.ready['lcs_api']}/box/fileasset"
        project = cloud.ready["project_id"]

        def create(name):
            answer = cloud.call("POST", f"{library}/CreateFileAsset/{project}", token=token, body={
                "Name": name, "FileName": f"{name}.bin", "FileDescription": None, "SizeByte": 0,
                "FileType": 1,
            })
            assert answer.status == 200, answer
            return answer.json()

        def client(url, **options):
            return BlobClient.from_blob_url(
                url, connection_verify=cloud.ready["ca_certificate"], **options)

        def refused(kind, code, call):
            try:
                call()
            except kind as error:
                assert error.error_code == code, error
                print(f"{kind.__name__}: {code}")
            else:
                raise AssertionError(f"not refused: {code}")

        # Whole: one Put Blob.
        small = os.urandom(100_000)
        asset = create("small")
        blob = client(asset["FileLocation"])
        refused(ResourceNotFoundError, "BlobNotFound", blob.get_blob_properties)
        blob.upload_blob(small)
        refused(ResourceExistsError, "BlobAlreadyExists", lambda: blob.upload_blob(small))
        blob.upload_blob(small[::-1], overwrite=True)
        assert blob.download_blob().readall() == small[::-1]

        # What is said of a blob, and changes only of what was seen.
        seen = blob.get_blob_properties()
        blob.upload_blob(
            small, overwrite=True, metadata={"release": "42"}, validate_content=True,
            content_settings=ContentSettings(content_type="application/zip"),
            etag=seen.etag, match_condition=MatchConditions.IfNotModified)
        properties = blob.get_blob_properties()
        assert properties.metadata["release"] == "42", properties
        assert properties.metadata["sha256"] == hashlib.sha256(small).hexdigest(), properties
        assert properties.content_settings.content_type == "application/zip", properties
        refused(ResourceModifiedError, "ConditionNotMet", lambda: blob.upload_blob(
            small, overwrite=True, etag=seen.etag, match_condition=MatchConditions.IfNotModified))
        refused(HttpResponseError, "ConditionNotMet", lambda: blob.download_blob(
            etag=properties.etag, match_condition=MatchConditions.IfModified))

        # Block by block; what was acknowledged outlives the server.
        staged = client(create("staged")["FileLocation"])
        for name in ("b", "a"):
            staged.stage_block(name, name.encode() * 100_000, validate_content=True)
        cloud.process.kill()
        cloud.process.wait()
        cloud.start_again()
        committed, waiting = staged.get_block_list("all")
        assert not committed and [block.id for block in waiting] == ["a", "b"], (committed, waiting)
        blocks = [BlobBlock(name) for name in ("b", "a")]
        staged.commit_block_list(blocks)
        staged.commit_block_list(blocks)
        committed, waiting = staged.get_block_list("all")
        assert [block.id for block in committed] == ["b", "a"] and not waiting, (committed, waiting)
        assert staged.download_blob().readall() == b"b" * 100_000 + b"a" * 100_000
        refused(HttpResponseError, "InvalidBlockList",
                lambda: staged.commit_block_list([BlobBlock("c")]))

        # In blocks, several at a time, each with its MD5.
        large = os.urandom(40 * MEBIBYTE + 17)
        asset = create("large")
        blob = client(
            asset["FileLocation"], max_single_put_size=MEBIBYTE, max_block_size=4 * MEBIBYTE,
            max_single_get_size=MEBIBYTE, max_chunk_get_size=3 * MEBIBYTE)
        blob.upload_blob(io.BytesIO(large), max_concurrency=4, validate_content=True)
        properties = blob.get_blob_properties()
        assert properties.size == len(large), properties
        assert bytes(properties.content_settings.content_md5) == hashlib.md5(large).digest()

        committed = cloud.call(
            "POST", f"{library}/CommitFileAsset/{project}?assetId={asset['Id']}", token=token)
        assert committed.status in (200, 204), committed
        refused(ResourceExistsError, "BlobImmutableDueToPolicy",
                lambda: blob.upload_blob(large, overwrite=True))

        # Downloading by the URL of the listing.
        listed = cloud.call("GET", f"{library}/GetFileAsset/{project}?assetId={asset['Id']}", token=token)
        read = client(
            listed.json()["FileLocation"], max_single_get_size=MEBIBYTE, max_chunk_get_size=3 * MEBIBYTE)
        assert read.download_blob(max_concurrency=4).readall() == large
        assert read.download_blob(validate_content=True).readall() == large
        assert read.download_blob(offset=5 * MEBIBYTE - 3, length=7).readall() == large[5 * MEBIBYTE - 3:][:7]
        refused(HttpResponseError, "AuthorizationPermissionMismatch", lambda: read.upload_blob(b"x"))
        refused(HttpResponseError, "InvalidRange",
                lambda: read.download_blob(offset=len(large) + 1, length=1).readall())
        tampered = client(listed.json()["FileLocation"].replace("sig=", "sig=A"))
        refused(ClientAuthenticationError, "AuthenticationFailed",
                lambda: tampered.download_blob().readall())
        print(f"{len(large)} bytes there and back")


if __name__ == "__main__":
    main()
