"""Prints the shell commands that mount the cluster's storage on this node, from mounts.json."""

import json
import shlex
import sys

OPTIONS = {
    "lustre": "defaults,_netdev,flock,user_xattr,noatime",
    # EFS and FSx answer any port, and take up a connection from a new one sooner after it broke.
    "nfs": "nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport,_netdev",
    # The head node answers only ports that root may use.
    "head": "nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,nosuid,nodev,_netdev",
}


def commands(mounts, role, head):
    """One list of commands a mount; the head node formats and exports EBS volumes, others mount them from it."""
    lines = []
    for mount in mounts:
        directory = shlex.quote(mount["directory"])
        own = KINDS[mount["type"]](mount, directory, role, head)
        lines += ["keep_homes", *own, "give_homes"] if role == "head" and directory == "/home" else own
    return lines


def lustre(mount, directory, role, head):
    name = mount.get("mountName") or (
        f"$(aws fsx describe-file-systems --file-system-ids {mount['fileSystemId']} "
        "--query 'FileSystems[0].LustreConfiguration.MountName' --output text)")
    return ["once lustre install_lustre", f'add_mount lustre "{mount["dnsName"]}@tcp:/{name}" {directory} {OPTIONS["lustre"]}']


def efs(mount, directory, role, head):
    if mount.get("tls"):
        options = ",".join(["tls", "_netdev"] + (["iam"] if mount.get("iam") else [])
                           + ([f"accesspoint={mount['accessPointId']}"] if mount.get("accessPointId") else []))
        return ["once efs install_efs", f"add_mount efs {mount['fileSystemId']}:/ {directory} {options}"]
    return [f"add_mount nfs4 {mount['dnsName']}:/ {directory} {OPTIONS['nfs']}"]


def volume(mount, directory, role, head):
    if role != "head":
        # A login node asks each time for what was not there: the head node makes homes that it waits for.
        waits = ",lookupcache=positive" if role == "login" else ""
        return [f"add_mount nfs4 {head}:{directory} {directory} {OPTIONS['head']}{waits}"]
    attached = " ".join(f"$(attached {one})" for one in mount["volumeIds"])
    device, lines = "${disks[0]}", [f"disks=({attached})"]
    if mount.get("raid") is not None and len(mount["volumeIds"]) > 1:
        device = f"/dev/md/{shlex.quote(mount['name'])}"
        lines.append(f'[ -e {device} ] || mdadm --assemble {device} "${{disks[@]}}" || '
                     f'mdadm --create {device} --run --level={mount["raid"]} --raid-devices={len(mount["volumeIds"])} "${{disks[@]}}"')
    # As ParallelCluster has it: everyone writes, and nobody removes what is another's. Homes have owners of their own.
    everyone = [] if directory == "/home" else [f"chmod 1777 {directory}"]
    return lines + [f"blkid {device} || mkfs.ext4 -q {device}", f"add_disk {device} {directory} defaults", *everyone,
                    f"share {directory} rw,root_squash,no_subtree_check"]


def fsx_volume(mount, directory, role, head):
    query = f"aws fsx describe-volumes --volume-ids {mount['volumeId']} --query 'Volumes[0]' --output json"
    kind = "OpenZFS" if mount["type"] == "openzfs" else "Ontap"
    path = "VolumePath" if kind == "OpenZFS" else "JunctionPath"
    return [f"volume=$({query})",
            f"junction=$(python3 -c 'import json,sys; print(json.loads(sys.argv[1])[\"{kind}Configuration\"][\"{path}\"])' \"$volume\")",
            f"server=$(aws fsx describe-{'file-systems' if kind == 'OpenZFS' else 'storage-virtual-machines'} "
            + ("--file-system-ids $(python3 -c 'import json,sys; print(json.loads(sys.argv[1])[\"FileSystemId\"])' \"$volume\") --query 'FileSystems[0].DNSName' --output text)"
               if kind == "OpenZFS" else
               "--storage-virtual-machine-ids $(python3 -c 'import json,sys; print(json.loads(sys.argv[1])[\"OntapConfiguration\"][\"StorageVirtualMachineId\"])' \"$volume\") "
               "--query 'StorageVirtualMachines[0].Endpoints.Nfs.DNSName' --output text)"),
            f'add_mount nfs4 "$server:$junction" {directory} {OPTIONS["nfs"]}']


KINDS = {"lustre": lustre, "efs": efs, "ebs": volume, "openzfs": fsx_volume, "ontap": fsx_volume}

if __name__ == "__main__":
    with open("/opt/meridian/shared/mounts.json", encoding="utf-8") as file:
        print("\n".join(commands(json.load(file), *sys.argv[1:3])))
