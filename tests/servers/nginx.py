"""Usage: nginx.py FOLDER

nginx with the files of FOLDER, and with a private certificate authority in FOLDER/ca.pem, on four
ports that are announced in this order:

    certificate for localhost and 127.0.0.1, of the authority
    one for another name
    one that has expired
    one that vouches for itself

Below /packed/ the same files are packed with gzip on the way.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import served

FOLDER = os.path.abspath(sys.argv[1])
NAMES = {
    "good": "DNS:localhost,IP:127.0.0.1",
    "other": "DNS:other.example",
    "expired": "DNS:localhost,IP:127.0.0.1",
    "self": "DNS:localhost,IP:127.0.0.1",
}


def openssl(*arguments):
    done = subprocess.run(
        ["openssl", *arguments], cwd=WORK, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode != 0:
        sys.exit(done.stderr.decode())


def key(name):
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")


def make_certificates():
    key("ca")
    openssl(
        "req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=Test authority", "-days", "2",
        "-out", os.path.join(FOLDER, "ca.pem"),
    )
    with open(os.path.join(WORK, "ca.conf"), "w", encoding="utf-8") as f:
        f.write(
            "[ca]\ndefault_ca = own\n[own]\ndatabase = index\nserial = serial\nnew_certs_dir = .\n"
            "default_md = sha256\npolicy = any\ncopy_extensions = copy\n[any]\ncommonName = supplied\n"
        )
    open(os.path.join(WORK, "index"), "w", encoding="utf-8").close()
    for number, (name, subject) in enumerate(NAMES.items()):
        key(name)
        common = ["-key", f"{name}.key", "-subj", f"/CN={name}", "-addext", f"subjectAltName={subject}"]
        if name == "self":
            openssl("req", "-x509", "-new", *common, "-days", "2", "-out", f"{name}.pem")
            continue
        openssl("req", "-new", *common, "-out", f"{name}.csr")
        with open(os.path.join(WORK, "serial"), "w", encoding="utf-8") as f:
            f.write(f"{number + 1:02}\n")
        ends = "20200102000000Z" if name == "expired" else "20991231000000Z"
        openssl(
            "ca", "-batch", "-notext", "-config", "ca.conf", "-keyfile", "ca.key", "-cert",
            os.path.join(FOLDER, "ca.pem"), "-in", f"{name}.csr", "-out", f"{name}.pem",
            "-startdate", "20200101000000Z", "-enddate", ends,
        )


def configuration(ports):
    hosts = "".join(
        f"""
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {WORK}/{name}.pem;
        ssl_certificate_key {WORK}/{name}.key;
        root {FOLDER};
        location /packed/ {{
            alias {FOLDER}/;
            gzip on;
            gzip_types *;
            gzip_min_length 1;
        }}
    }}"""
        for name, port in zip(NAMES, ports)
    )
    temporary = "".join(
        f"    {kind}_temp_path {WORK}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
daemon off;
master_process off;
pid {WORK}/pid;
error_log stderr error;
events {{}}
http {{
{temporary}    access_log off;
{hosts}
}}
"""


def free_ports():
    sockets = [socket.socket() for _ in NAMES]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def start():
    """nginx, with the ports it got; another program may have been faster with one of them."""
    for _ in range(10):
        ports = free_ports()
        with open(os.path.join(WORK, "nginx.conf"), "w", encoding="utf-8") as f:
            f.write(configuration(ports))
        nginx = subprocess.Popen(
            ["nginx", "-p", WORK, "-e", "stderr", "-c", f"{WORK}/nginx.conf"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        while nginx.poll() is None:
            if all(listens(port) for port in ports):
                return nginx, ports
            time.sleep(0.01)
    sys.exit("nginx does not start")


WORK = tempfile.mkdtemp()
try:
    make_certificates()
    child, its_ports = start()
    try:
        served.announce(*its_ports)
    finally:
        child.terminate()
        child.wait()
finally:
    shutil.rmtree(WORK)
