"""Requests per second of /v1/qwen3/instruct beside /v1/chat/completions, in turns: python3 lean_endpoint.py HOST PORT"""

import http.client
import json
import sys
import threading
import time

HOST, PORT = sys.argv[1], int(sys.argv[2])
PROMPT = "Solve 3x + 5 = 20."
CHAT = json.dumps({"messages": [{"role": "user", "content": PROMPT}], "max_tokens": 1, "temperature": 0, "stream": True})
KINDS = {
    "chat": ("/v1/chat/completions", CHAT, "application/json"),
    "lean": ("/v1/qwen3/instruct?max_tokens=1&temperature=0", PROMPT, "text/plain"),
}


def client(kind, requests):
    connection = http.client.HTTPConnection(HOST, PORT, timeout=60)
    path, body, content_type = KINDS[kind]
    for _ in range(requests):
        connection.request("POST", path, body, {"Content-Type": content_type})
        response = connection.getresponse()
        text = response.read()
        assert response.status == 200, (response.status, text)


def per_second(kind, requests=60, clients=8):
    threads = [threading.Thread(target=client, args=(kind, requests)) for _ in range(clients)]
    start = time.time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return requests * clients / (time.time() - start)


for name in KINDS:
    per_second(name, 20)
for turn in range(5):
    print({name: round(per_second(name)) for name in KINDS})
