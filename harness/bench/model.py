# SPDX-License-Identifier: GPL-2.0
"""Who depended on whom while the CPUs were stopped, from what each of them did.

Nothing is known of the kernel but this: CPUs go from state to state; each looks at one
word in memory until it changes (polls), does its part, and acknowledges by a store; the
last one to acknowledge stores a new state into the polled word (publishes). Which words
these are is seen: polled is what a CPU loads around its PAUSEs."""

import collections
import heapq


class Wrong(Exception):
    """The events do not fit the above; one sentence."""


class Event(collections.namedtuple("Event", "kind value times all wait glue update")):
    """One of section-trace=; counts are of instructions since the machine started."""

    def work(self, before):
        """Instructions since @before that did not wait for a lock"""
        return self.all - before.all - (self.wait - before.wait)


# In place of an event, with its kind, value and the work before it
Item = collections.namedtuple("Item", "kind value work")


def most_common(values):
    return collections.Counter(values).most_common(1)[0][0] if values else None


class Stop:
    """One update: what every CPU did, as items in phases between two polls."""

    def __init__(self, events, leaves):
        self.events, self.leaves = events, leaves
        self.cpus = sorted(events)
        for cpu in self.cpus:
            if events[cpu][0].kind != "enter" or events[cpu][-1].kind != "leave":
                raise Wrong(f"CPU {cpu} has not been in a section from its begin to its end")
        self.polled, self.ack = (
            most_common([word for cpu in self.cpus for word in self._before_pauses(cpu, kind)])
            for kind in ("load", "store"))
        if len(self.cpus) > 1 and not (self.polled and self.ack):
            raise Wrong("no CPU has waited for another one")
        self._waiting = {cpu: 0 for cpu in self.cpus}
        self.phases = {cpu: self._phases(cpu) for cpu in self.cpus}
        counts = {len(phases) for phases in self.phases.values()}
        if len(counts) != 1:
            raise Wrong(f"CPUs have seen different numbers of states: {sorted(counts)}")

    def _before_pauses(self, cpu, kind):
        """The last word that was looked at, or stored to, before each PAUSE"""
        last = None
        for event in self.events[cpu]:
            if event.kind == kind:
                last = event.value
            elif event.kind == "pause" and last:
                yield last
                last = None

    def _is_poll(self, events, n, acked):
        """A CPU that publishes looks at the word, too, and stores to it before it looks again."""
        if events[n].kind != "load" or events[n].value != self.polled:
            return False
        if not acked:
            return True
        for event in events[n + 1:]:
            if event.value == self.polled and event.kind in ("load", "store"):
                return event.kind == "load"
        return True

    def _phases(self, cpu):
        events = self.events[cpu]
        phases, items, before, n, acked = [], [], events[0], 1, False
        while n < len(events):
            event = events[n]
            if self._is_poll(events, n, acked):
                items.append(Item("poll", None, event.work(before)))
                phases.append(items)
                items, acked = [], False
                # It has waited from here to the last time that it looks before it goes on.
                last = n
                while events[n].kind in ("load", "pause"):
                    if events[n].kind == "load" and events[n].value == self.polled:
                        last = n
                    n += 1
                self._waiting[cpu] += events[last].work(event)
                before, n = events[last], last + 1
                continue
            if event.kind in ("lock", "unlock", "call", "leave") or \
                    (event.kind == "store" and event.value in (self.polled, self.ack)):
                items.append(Item(self._kind(event), event.value, event.work(before)))
                before = event
                acked = acked or items[-1].kind == "ack"
            n += 1
        phases.append(items)
        return phases

    def _kind(self, event):
        if event.kind != "store":
            return event.kind
        return "publish" if event.value == self.polled else "ack"

    def leaf(self, value):
        return self.leaves.get(value, value)

    def calls(self):
        return collections.Counter(self.leaf(e.value) for cpu in self.cpus
                                   for e in self.events[cpu] if e.kind == "call")

    def waiting(self, cpu):
        """For the next state, and for locks"""
        events = self.events[cpu]
        return self._waiting[cpu] + events[-1].wait - events[0].wait

    def work(self, cpu):
        events = self.events[cpu]
        return events[-1].all - events[0].all - self.waiting(cpu)

    def glue(self, cpu):
        events = self.events[cpu]
        return events[-1].glue - events[0].glue

    def barriers(self):
        """States that were published while the CPUs were stopped"""
        return sum(1 for cpu in self.cpus for phase in self.phases[cpu]
                   for item in phase if item.kind == "publish")

    def serial_calls(self, leaf):
        """How many of its calls no other CPU's call can overlap, if it is what takes long"""
        much = 10 ** 9
        return round((self.critical_path({leaf: much}) - self.critical_path({})) / much)

    def critical_path(self, costs):
        """Instructions from the first to the last, if no CPU ever waits longer than it must.

        All enter at once. What the last CPU does between its acknowledgement and the next
        state begins when all have acknowledged. A lock is granted in the order of arrival,
        and how it is handed over costs nothing. @costs has instructions for a call."""
        times = {cpu: 0 for cpu in self.cpus}
        last = len(self.phases[self.cpus[0]]) - 1
        for n in range(last):
            own, tail, after = {}, [], []
            for cpu in self.cpus:
                own[cpu], publishing, rest = split(self.phases[cpu][n])
                if publishing and tail:
                    raise Wrong(f"two CPUs have published state {n}")
                if publishing:
                    tail, after = publishing, rest
            times, acked = self._run(times, own, costs)
            if tail:
                published = max(acked.values()) + self._costs(tail, costs)
                times = {cpu: max(time, published) for cpu, time in times.items()}
                # Which CPU is the last one is an accident; here it is the one that has most to do.
                publisher = max(acked, key=acked.get)
                times[publisher] = published + self._costs(after, costs)
        # Nobody waits for what comes behind the last poll.
        times, _ = self._run(times, {cpu: self.phases[cpu][last] for cpu in self.cpus}, costs)
        return max(times.values())

    def _cost(self, item, costs):
        return item.work + (costs.get(self.leaf(item.value), 0) if item.kind == "call" else 0)

    def _costs(self, items, costs):
        return sum(self._cost(item, costs) for item in items)

    def _run(self, times, own, costs):
        """Every CPU executes its items as early as locks allow: (when done, when acked)."""
        own = {cpu: list(with_acquires(items)) for cpu, items in own.items()}
        times, acked = dict(times), dict(times)
        holder, queues = {}, collections.defaultdict(list)
        ready = [(times[cpu], cpu, 0) for cpu in own]
        heapq.heapify(ready)
        while ready:
            time, cpu, n = heapq.heappop(ready)
            times[cpu] = time
            if n == len(own[cpu]):
                continue
            item = own[cpu][n]
            time += self._cost(item, costs)
            times[cpu] = time
            if item.kind == "ack":
                acked[cpu] = time
            elif item.kind == "acquire":
                if item.value in holder:
                    queues[item.value].append((cpu, n))
                    continue
                holder[item.value] = cpu
            elif item.kind == "unlock" and holder.get(item.value) == cpu:
                del holder[item.value]
                if queues[item.value]:
                    waiter, m = queues[item.value].pop(0)
                    holder[item.value] = waiter
                    heapq.heappush(ready, (max(time, times[waiter]), waiter, m + 1))
            heapq.heappush(ready, (time, cpu, n + 1))
        return times, acked


def with_acquires(items):
    """A lock is granted later than it is asked for, when all who were earlier are known."""
    for item in items:
        yield item
        if item.kind == "lock":
            yield Item("acquire", item.value, 0)


def split(phase):
    """(what a CPU does by itself, what it does because all have acknowledged, the rest)"""
    published = [n for n, item in enumerate(phase) if item.kind == "publish"]
    acks = [n for n, item in enumerate(phase) if item.kind == "ack"]
    if not published:
        return phase, [], []
    if not acks or acks[0] > published[-1]:
        raise Wrong("a state was published that its CPU had not acknowledged before")
    return (phase[:acks[0] + 1], phase[acks[0] + 1:published[-1] + 1],
            phase[published[-1] + 1:])
