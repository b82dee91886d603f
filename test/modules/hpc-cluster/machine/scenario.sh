#!/bin/bash
# The only process of the machine that machine.sh starts: boots a head node in it, then a compute node in a network and a
# mount namespace of its own, asks what checks.json lists as the users that it names, and prints the answers as one line.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
mount -t tmpfs none /run; mount -t tmpfs none /tmp; mkdir -p /dev/shm /dev/disk/by-id; ln -s /proc/self/fd /dev/fd
echo "up: $(cut -d" " -f1 /proc/uptime) s"
modprobe -a nfsd nfsv4 overlay veth; mount -t nfsd nfsd /proc/fs/nfsd
ln -s /dev/vdb /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol1

ip link set lo up; ip address add 169.254.169.254/32 dev lo; ip netns add node
ip link add head type veth peer name eth0 netns node
ip address add 10.0.0.10/24 dev head; ip link set head up
ip -n node link set lo up; ip -n node address add 10.0.0.11/24 dev eth0; ip -n node link set eth0 up; ip -n node route add default via 10.0.0.10
python3 - <<'P' &
from http.server import BaseHTTPRequestHandler, HTTPServer
class Metadata(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"credentials")
    def log_message(self, *_): pass
HTTPServer(("169.254.169.254", 80), Metadata).serve_forever()
P

install -d -o alice -g alice /home/alice; install -d -o ubuntu -g ubuntu /home/ubuntu
MACHINE=head bash /test/boot.sh /test/head ubuntu > /tmp/head.json 2> /tmp/head.err || cat /tmp/head.err
cut -c1-3000 /tmp/head.json; echo "head: $(cut -d' ' -f1 /proc/uptime) s"
ip netns exec node unshare --mount --propagation private bash -c \
  'MACHINE=node bash /test/boot.sh /test/node ubuntu > /tmp/node.json 2> /tmp/node.err || cat /tmp/node.err; python3 /test/ask.py node' > /tmp/node.answers
echo "node: $(cut -d' ' -f1 /proc/uptime) s"
python3 /test/ask.py head > /tmp/head.answers
echo "end: $(cut -d' ' -f1 /proc/uptime) s"
python3 -c 'import json; read = lambda name: json.load(open("/tmp/" + name)); print(json.dumps({
  "head": read("head.json"), "node": read("node.json"), "answers": read("node.answers") | read("head.answers")}))'
sync; echo b > /proc/sysrq-trigger; sleep 60
