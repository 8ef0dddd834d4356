"""ARIO written slowly and obviously: every order and delivery is a matrix of its own.

A second implementation of the equations in ``ario.run`` that shares only the arrays of events.
"""

import numpy as np

from xinzhi.stress.ario_events import event_arrays

DAYS_OF_A_YEAR = 365.0
KINDS = ("intermediate", "consumption", "investment", "exports", "reconstruction")
HOUSEHOLDS = {"HFCE", "FU101", "FU102"}


def twin(table, parameters, disturbances, days, step):
    """Return output (T, N), stocks of the last step (K, N), and deliveries by client (T, 5, N)."""
    p, size, sectors = parameters, table.size, len(table.sectors)
    regions = len(table.regions)
    steps = -(-days // step)
    act = event_arrays(table, disturbances, p.rebuilding_origin, days, step)
    calendar = np.arange(steps * step)
    strength = [e.strength(calendar).reshape(steps, step).mean(axis=1) for e in disturbances]
    product = np.tile(np.arange(sectors), regions)
    home = np.repeat(np.arange(regions), sectors)
    flows = table.flows / DAYS_OF_A_YEAR
    outside = (
        np.zeros((sectors, size)) if table.imported_flows is None else table.imported_flows
    ) / DAYS_OF_A_YEAR
    output = table.output / DAYS_OF_A_YEAR
    columns = [(f, c) for f, c in enumerate(table.final_categories) if c.kind != "stock_changes"]
    final = np.array([np.maximum(table.final_demand[:, f], 0) for f, _ in columns]).T
    final = final / DAYS_OF_A_YEAR
    held = output - flows.sum(axis=1) - final.sum(axis=1)
    held[np.abs(held) <= 1e-12 * output] = 0.0
    named = {c.code for _, c in columns if c.kind == "consumption"}
    named = named & HOUSEHOLDS or named
    value = np.divide(table.value_added, table.output, out=np.zeros(size), where=table.output > 0)
    capital = np.tile(p.by_sector("capital_ratio", table.codes), regions) * np.maximum(
        table.value_added, 0
    )
    own = np.array([flows[product == s].sum(axis=0) for s in range(sectors)])
    separate = p.imported_inputs == "separate" and outside.any()
    bought = np.vstack([own, outside]) if separate else own + outside
    inputs = np.divide(bought, output, out=np.zeros_like(bought), where=output > 0)
    target = np.tile(p.by_sector("stock_days", table.codes), len(bought) // sectors)
    sigma = np.tile(p.by_sector("substitution", table.codes), len(bought) // sectors)
    most = np.tile(p.by_sector("overproduction_limit", table.codes), regions)
    stock = np.array(
        [[target[k] * x if x > 0 else 0.0 for x in bought[k]] for k in range(len(bought))]
    )
    orders, abroad = flows.copy(), outside.copy()
    alpha, made, income = np.ones(size), output.copy(), np.ones(regions)
    base_income = np.array([(value * output)[home == r].sum() for r in range(regions)])
    hit = np.zeros((len(act.capital), size))
    owed = np.ones(len(act.supplier))
    struck = np.zeros(len(act.capital), dtype=bool)
    paths, delivered = np.zeros((steps, size)), np.zeros((steps, 5, size))

    def broken():
        left = np.zeros_like(hit)
        for k, e in enumerate(act.of):
            left[e] += hit[e] * act.share[k] * owed[k]
        return left

    def left_of(name, shape, t):
        """Return what is left of base-year deliveries and the most that may come; inf: any."""
        left, room, touched = np.ones(shape), np.full(shape, p.import_limit - 1), np.zeros(shape)
        for event, course in zip(disturbances, strength, strict=True):
            lost = getattr(event, name)
            if lost is None or course[t] == 0:
                continue
            lost = np.broadcast_to(lost[:, None] if lost.ndim < len(shape) else lost, shape)
            left = left * (1 - course[t] * lost)
            room = np.where(lost > 0, room * (1 - course[t]), room)
            touched = touched + (lost > 0)
        return left, left + room, touched > 0

    for t in range(steps):
        for e in range(len(hit)):
            if act.struck[t, e] > 0 and not struck[e]:
                struck[e] = True
                standing = np.maximum(0, 1 - (broken()[struck].sum(axis=0)))
                hit[e] = act.capital[e] * standing
        room = np.maximum(0, 1 - (broken() * act.struck[t][:, None]).sum(axis=0))
        for event, course in zip(disturbances, strength, strict=True):
            if event.capacity_lost is not None:
                room = room * (1 - course[t] * event.capacity_lost)
        coming, most_coming, _ = left_of("imports_lost", (sectors, size), t)
        shipped, most_shipped, cut = left_of("shipments_lost", (size, regions), t)
        most_shipped = np.where(cut, most_shipped, np.inf)

        with np.errstate(invalid="ignore"):
            cap = np.where(flows > 0, flows * most_shipped[:, home], 0.0)
        sent = np.minimum(orders, cap)
        asked = np.zeros((5, size))
        asked[0] = sent.sum(axis=1)
        for place, (f, c) in enumerate(columns):
            amount = final[:, place].copy()
            where = 0 if regions == 1 else table.regions.index(c.region) if c.region else -1
            where = -1 if c.kind == "exports" and not c.region else where
            if c.code in named and where >= 0:
                amount *= max(0, 1 - p.household_response * (1 - income[where]))
            for event, course in zip(disturbances, strength, strict=True):
                if event.demand_lost is not None:
                    amount *= 1 - course[t] * event.demand_lost[:, f]
            if where >= 0:
                ship = np.where(cut[:, where], most_shipped[:, where], 0) * final[:, place]
                amount = np.where(cut[:, where], np.minimum(amount, ship), amount)
            asked[KINDS.index(c.kind)] += amount
        whole = np.zeros(len(owed))
        for k, e in enumerate(act.of):
            whole[k] = (hit[e] * capital * act.share[k]).sum()
            pace = min(act.pace[e] * act.rebuilt[t, e], 1 / step)
            if act.supplier[k] < size:
                asked[4, act.supplier[k]] += whole[k] * owed[k] * pace
        demand = asked.sum(axis=0) + held
        if t > 0:
            excess = np.divide(demand - made, demand, out=np.zeros(size), where=demand > 0)
            rising = excess > 1e-12
            if p.overproduction_return == "proportional":
                rising = excess != 0
            change = np.where(rising, (most - alpha) * excess, 1 - alpha)
            alpha = np.maximum(
                1, alpha + np.where(demand > 0, change, 0) * step / p.overproduction_time
            )
        capacity = output * room * alpha
        best = np.clip(demand, 0, capacity)
        kept = np.ones(size)
        for k in range(len(inputs)):
            if np.isinf(target[k]):
                continue
            for j in range(size):
                needed = max(p.stock_threshold * target[k], step) * inputs[k, j] * best[j]
                if needed > stock[k, j] and inputs[k, j] >= p.essential_share:
                    kept[j] = min(kept[j], 1 - (1 - sigma[k]) * (1 - stock[k, j] / needed))
        made = best * kept
        met = np.zeros((5, size))
        for i in range(size):
            left = max(0, made[i] - held[i])
            turns = [[KINDS.index(name)] for name in p.priority]
            turns.append([c for c in range(5) if KINDS[c] not in p.priority])
            for turn in turns:
                total = asked[turn, i].sum()
                met[turn, i] = min(1, left / total) if total > 0 else 1
                left -= (met[turn, i] * asked[turn, i]).sum()
        paths[t], delivered[t] = made, met * asked
        came = np.array(
            [(sent * met[0][:, None])[product == s].sum(axis=0) for s in range(sectors)]
        )
        imported = np.minimum(abroad, outside * most_coming)
        came = np.vstack([came, imported]) if separate else came + imported
        for k, e in enumerate(act.of):
            part = min(act.pace[e] * act.rebuilt[t, e] * step, 1)
            if act.supplier[k] < size:
                part *= met[4, act.supplier[k]]
            else:
                for event, course in zip(disturbances, strength, strict=True):
                    if event.imported_final_lost is not None:
                        part *= 1 - course[t] * event.imported_final_lost[act.supplier[k] - size]
            owed[k] *= 1 - part
        aim = held + asked[:4].sum(axis=0) + asked[4] * (1 - met[4])
        aim = np.clip(aim, 0, capacity)
        wish = inputs * made
        for k in range(len(inputs)):
            if np.isinf(target[k]):
                continue
            taken = inputs[k] * made
            needed = max(p.stock_threshold * target[k], step) * inputs[k] * best
            short = (needed > stock[k]) & (inputs[k] >= p.essential_share)
            part = np.divide(stock[k], needed, out=np.ones(size), where=short)
            cover = part + sigma[k] * (1 - part)
            taken = taken * np.divide(part, cover, out=np.ones(size), where=cover > 0)
            taken = np.minimum(taken, stock[k] / step)
            stock[k] = stock[k] + (came[k] - taken) * step
            wish[k] += np.maximum(0, target[k] * inputs[k] * aim - stock[k]) / p.restoration_time
        income = np.array(
            [
                (value * made)[home == r].sum() / base_income[r] if base_income[r] > 0 else 1.0
                for r in range(regions)
            ]
        )
        if p.orders == "held":
            continue
        weights = flows.copy()
        if p.orders == "capacity":
            weights = flows * (room * alpha)[:, None] * shipped[:, home]
        open_outside = outside * (coming if p.orders == "capacity" else 1)
        for s in range(sectors):
            rows = product == s
            total = weights[rows].sum(axis=0) + (0 if separate else open_outside[s])
            per = np.divide(wish[s], total, out=np.zeros(size), where=total > 0)
            orders[rows] = weights[rows] * per
            abroad[s] = wish[sectors + s] if separate else open_outside[s] * per
    return paths, stock, delivered
