#!/bin/sh
# Becomes process 1 of a node. node.py runs it in new namespaces, where /proc is
# still that of the host and so has the process id on the host.
set -e
node=$1 pid_file=$2 name=$3 pause=$4
read -r stat < /proc/self/stat
printf '%s\n' "$stat" > "$pid_file"
mount --make-rshared /
mount -t proc proc /proc
echo "$name" > /proc/sys/kernel/hostname
mount -t tmpfs tmpfs /run
mount -t overlay overlay /var \
  -o "lowerdir=/var,upperdir=$node/var,workdir=$node/work"
for folder in lib/containerd lib/kubelet lib/cni log/pods log/containers; do
  mkdir -p "$node/bind/$folder" "/var/$folder"
  mount --bind "$node/bind/$folder" "/var/$folder"
done
cd "$node/settings"
find . -type f | while read -r file; do
  mount --bind "$file" "/proc/sys/$file"
done
cd /
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
: > "$node/made"
exec "$pause"
