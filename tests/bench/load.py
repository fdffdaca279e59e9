"""A bounded load: so many clients, each with one kept-alive connection, for so many seconds."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Sample:
    """What one run measured. Times in milliseconds."""

    clients: int
    seconds: float
    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The smallest time that ``share`` of the requests did not exceed."""
        if not self.times:
            return float("nan")
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def median(self) -> float:
        return statistics.median(self.times) if self.times else float("nan")


Request = tuple[str, str, bytes | None, dict[str, str]]


def run(
    *, port: int, clients: int, seconds: float, request: Callable[[int, int], Request], accept: int = 200
) -> Sample:
    """Send ``request(client, n)`` again and again; every status above ``accept``'s class is a failure."""
    sample = Sample(clients=clients, seconds=seconds)
    lock = threading.Lock()
    barrier = threading.Barrier(clients)

    def work(client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        times, failures = [], []
        barrier.wait()
        end = time.perf_counter() + seconds
        n = 0
        while time.perf_counter() < end:
            try:
                method, path, body, headers = request(client, n)
            except StopIteration:  # nothing is left to send
                break
            n += 1
            start = time.perf_counter()
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            content = response.read()
            times.append((time.perf_counter() - start) * 1000)
            if response.status // 100 != accept // 100:
                failures.append(f"{response.status} {content[:300]!r}")
                if len(failures) > 5:
                    break
        connection.close()
        with lock:
            sample.times += times
            sample.failures += failures

    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sample.seconds = time.perf_counter() - start
    return sample
