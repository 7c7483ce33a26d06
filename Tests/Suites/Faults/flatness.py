"""Whether a process grows: samples of its memory and descriptors, and what they say after the warm-up."""
import collections
import math
import statistics

Sample = collections.namedtuple("Sample", "moment resident anonymous descriptors")


def sample(node, moment):
    return Sample(moment, node.resident(), node.anonymous(), node.descriptors())


def slope(points):
    """KiB an hour by least squares over means of a minute, and half the width of its 95% interval."""
    minutes = {}
    for moment, value in points:
        minutes.setdefault(int(moment // 60), []).append(value)
    xs, ys = list(minutes), [statistics.fmean(values) for values in minutes.values()]
    if len(xs) < 4:
        return 0.0, math.inf
    x, y = statistics.fmean(xs), statistics.fmean(ys)
    square = sum((one - x) ** 2 for one in xs)
    gradient = sum((one - x) * (two - y) for one, two in zip(xs, ys)) / square
    rest = sum((two - y - gradient * (one - x)) ** 2 for one, two in zip(xs, ys))
    return gradient * 60, 2.0 * 60 * math.sqrt(rest / (len(xs) - 2) / square)


def growth(samples):
    """Prints what memory and descriptors did, and returns words for what grew.

    The first half of the time is for caches and the allocator's arena to fill: the arena keeps its largest size, and steps that
    need much at once come by chance. A leak goes on in the second half. Anonymous memory counts: pages of the program's file
    stay when first touched, and which code is reached late is chance.
    """
    lasted = samples[-1].moment if samples else 0
    warm = [one for one in samples if one.moment >= lasted / 2]
    if lasted < 480:
        print(f"{lasted:.0f} s in one life: too short to say whether it grows")
        return []
    bad = []
    for kind in ("resident", "anonymous"):
        values = [getattr(one, kind) for one in warm]
        gradient, error = slope([(one.moment, value) for one, value in zip(warm, values)])
        print(f"{kind}: {min(values)} to {max(values)} KiB; slope {gradient:+.0f} ± {error:.0f} KiB an hour")
        # By more than chance, and by more than a hundredth of it in the whole time.
        if kind == "anonymous" and gradient - error > 0 and gradient * lasted / 3600 > 0.01 * max(values):
            bad.append("anonymous memory grows")
    descriptors = [one.descriptors for one in warm]
    third = len(descriptors) // 3
    early, late = min(descriptors[:third]), min(descriptors[-third:])
    print(f"descriptors: {min(descriptors)} to {max(descriptors)}; least of the first third {early}, of the last {late}")
    return bad + (["descriptors leak"] if late > early else [])
