"""
Well-known forecasters beside forecasts that `prescale evaluate --forecasts` wrote, all scored by the referee on the same
origins of its grid; run by main.ts, which brings the libraries.

  python peers.py REFEREE FORECASTS.jsonl ORIGINS      at most so many origins of a recording, evenly apart

 ridge      ridge regression per step on lags, means, the same time yesterday and last week, time of day; square roots;
            quantiles of its own last 400 residuals, as the referee takes them
 lightgbm   a gradient-boosted model per quantile (https://lightgbm.readthedocs.io), the same columns and the step ahead,
            on the deviation from the mean of the last three values
 autoets, theta, autoarima    statsforecast (https://nixtlaverse.nixtla.io/statsforecast) on the last 400 values, fitted
            anew at each origin, with its own intervals

What is learned once for several origins is learned from slots before the first of them; of a recording so short that
there is next to nothing before, "all stays as it is" stands in. A line per recording: the forecasts' WQL to each peer's.
"""
import importlib.util
import json
import sys
import warnings

import lightgbm
import numpy as np
import pandas
from statsforecast import StatsForecast
from statsforecast.models import AutoARIMA, AutoETS, DynamicOptimizedTheta

LAGS = 8
WINDOWS_SECONDS = (900, 3600, 4 * 3600, 86_400)
HARMONICS = 3
RIDGE_PENALTY = 10.0
# Fits over the origins that are scored, and the rows that each may learn from.
REFITS = 2
MOST_ROWS = 10_000
LEAST_ROWS = 120
BOOSTING = dict(objective="quantile", num_leaves=31, learning_rate=0.08, min_data_in_leaf=40, num_threads=1, verbosity=-1)
TREES = 80
LOCAL_VALUES = 400
LEVELS = {0.5: 0, 0.4: 20, 0.6: 20, 0.3: 40, 0.7: 40, 0.2: 60, 0.8: 60, 0.1: 80, 0.9: 80, 0.05: 90, 0.95: 90, 0.99: 98}


def referee_at(path):
    spec = importlib.util.spec_from_file_location("referee", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Columns:
    """What is known at an origin, and of the same time before; square roots of rates."""

    def __init__(self, rec, known):
        self.rec = rec
        self.z = np.sqrt(np.maximum(known, 0))
        self.sums = np.concatenate([[0.0], np.cumsum(self.z)])

    def before(self, origins, slots):
        return self.z[np.maximum(origins - slots, 0)]

    def mean(self, origins, slots):
        start = np.maximum(origins - slots, 0)
        return (self.sums[origins] - self.sums[start]) / np.maximum(origins - start, 1)

    def level(self, origins):
        return self.mean(origins, 3)

    def at(self, origins, step):
        """[origin, column] for the forecast of slot origin + step."""
        rec, target = self.rec, origins + step
        last, level = self.before(origins, 1), self.level(origins)
        columns = [self.before(origins, lag) - level for lag in range(1, LAGS + 1)]
        columns += [self.mean(origins, max(1, seconds // rec.step)) - level for seconds in WINDOWS_SECONDS]
        for period in (rec.D, rec.W):
            seen = target >= period
            then = np.where(seen, self.before(target, period), last)
            passed = np.where(seen, self.before(origins, period + 1), last)
            columns += [then - passed, then - level]
        turn = 2 * np.pi * ((rec.t0 + target * rec.step) % 86_400) / 86_400
        for k in range(1, HARMONICS + 1):
            columns += [np.sin(k * turn), np.cos(k * turn)]
        week = ((rec.t0 + target * rec.step) // 86_400 + 4) % 7
        columns += [(week >= 5).astype(float), level]
        return np.stack(columns, axis=1)


def learnable(rec, before_slot, step):
    """Origins of which all is known before `before_slot`, the newest MOST_ROWS evenly thinned out."""
    origins = np.arange(LAGS, before_slot - step)
    known = origins[~np.isnan(rec.y[origins + step])]
    return known[:: max(1, len(known) // MOST_ROWS)]


def blocks_of(origins):
    return [block for block in np.array_split(origins, REFITS) if len(block)]


def spread(x):
    """Standard deviations; a column that has told nothing yet tells nothing."""
    deviation = x.std(0)
    return np.where(deviation > 1e-6 * (1 + np.abs(x).max(0)), deviation, np.inf)


def ridge(referee, rec, columns):
    origins, warm = referee.grid(rec)
    points = np.repeat(columns.before(origins, 1)[:, None] ** 2, rec.H, 1)
    for block in blocks_of(origins):
        rows = np.isin(origins, block)
        for step in range(rec.H):
            known = learnable(rec, block[0], step)
            if len(known) < LEAST_ROWS:
                continue
            x = columns.at(known, step)
            mean, deviation = x.mean(0), spread(x)
            y = np.sqrt(np.maximum(rec.y[known + step], 0)) - columns.level(known)
            scaled = np.column_stack([np.ones(len(x)), (x - mean) / deviation])
            penalty = RIDGE_PENALTY * np.eye(scaled.shape[1])
            penalty[0, 0] = 0
            weights = np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ y)
            asked = (columns.at(block, step) - mean) / deviation
            root = columns.level(block) + np.column_stack([np.ones(len(asked)), asked]) @ weights
            points[rows, step] = np.clip(root, 0, 1.5 * np.sqrt(np.nanmax(rec.y[: block[0]]))) ** 2
    quantiles = referee.residual_quantiles(points, rec.actuals(origins), origins, tr="sqrt", c=1e-6)
    return quantiles[np.isin(origins, rec.orig)]


def boosted(referee, rec, columns):
    out = np.repeat(np.repeat(columns.before(rec.orig, 1)[:, None, None] ** 2, rec.H, 1), len(referee.TAUS), 2)
    for block in blocks_of(rec.orig):
        rows, parts, targets = np.isin(rec.orig, block), [], []
        for step in range(rec.H):
            known = learnable(rec, block[0], step)[:: rec.H]
            parts.append(np.column_stack([columns.at(known, step), np.full(len(known), step)]))
            targets.append(np.sqrt(np.maximum(rec.y[known + step], 0)) - columns.level(known))
        x, y = np.concatenate(parts), np.concatenate(targets)
        if len(x) < LEAST_ROWS:
            continue
        data = lightgbm.Dataset(x, y, free_raw_data=False)
        for index, tau in enumerate(referee.TAUS):
            model = lightgbm.train({**BOOSTING, "alpha": float(tau)}, data, TREES)
            for step in range(rec.H):
                asked = np.column_stack([columns.at(block, step), np.full(len(block), step)])
                out[rows, step, index] = np.maximum(columns.level(block) + model.predict(asked), 0) ** 2
    return np.sort(out, axis=2)


def local(referee, rec, known, chosen, model):
    """[origin, step, quantile] of a statsforecast model at the chosen origins."""
    windows = [known[max(0, rec.orig[i] - LOCAL_VALUES) : rec.orig[i]] for i in chosen]
    frame = pandas.DataFrame(
        {
            "unique_id": np.concatenate([np.full(len(w), i) for i, w in enumerate(windows)]),
            "ds": np.concatenate([np.arange(len(w)) for w in windows]),
            "y": np.concatenate(windows),
        }
    )
    naive = AutoETS(season_length=1, model="ANN", alias="naive-like")
    levels = sorted(set(LEVELS.values()) - {0})
    told = StatsForecast([model], freq=1, fallback_model=naive).forecast(df=frame, h=rec.H, level=levels)
    name = [column for column in told.columns if column not in ("unique_id", "ds")][0]
    out = np.empty((len(chosen), rec.H, len(referee.TAUS)))
    for index, tau in enumerate(referee.TAUS):
        side = "" if tau == 0.5 else f"-{'lo' if tau < 0.5 else 'hi'}-{LEVELS[round(float(tau), 2)]}"
        out[:, :, index] = told[f"{name}{side}"].to_numpy().reshape(len(chosen), rec.H)
    return np.sort(np.maximum(np.nan_to_num(out), 0), axis=2)


def ours_by_row(referee, path):
    rows = {}
    with open(path) as file:
        for line in file:
            one = json.loads(line)
            at = one["originAt"]
            at = referee.epoch(at) if isinstance(at, str) else int(at / 1000 if at > 1e11 else at)
            rows.setdefault((one["recording"], int(one["stepSeconds"])), {})[at] = one["quantilesRps"]
    return rows


def scored(referee, rec, told, most_origins):
    """WQL by forecaster, on the origins that were forecast, at most so many."""
    common = [i for i, slot in enumerate(rec.orig) if rec.t0 + int(slot) * rec.step in told]
    chosen = np.array(common)[np.unique(np.linspace(0, len(common) - 1, most_origins).astype(int))]
    known = referee.ffill(rec.y)
    columns = Columns(rec, known)
    actuals = rec.actuals(rec.orig[chosen])
    wql = lambda quantiles: referee.score(quantiles, actuals, rec.scale)["wql"]
    ours = np.stack([referee.parse_q(told[rec.t0 + int(rec.orig[i]) * rec.step], rec.H) for i in chosen])
    scores = {
        "ours": wql(ours),
        "ridge": wql(ridge(referee, rec, columns)[chosen]),
        "lightgbm": wql(boosted(referee, rec, columns)[chosen]),
    }
    models = {
        "autoets": AutoETS(season_length=1),
        "theta": DynamicOptimizedTheta(season_length=1),
        "autoarima": AutoARIMA(season_length=1, max_p=3, max_q=3),
    }
    for name, model in models.items():
        scores[name] = wql(local(referee, rec, known, chosen, model))
    return len(chosen), scores


def main(referee_path, forecasts, most_origins):
    warnings.filterwarnings("ignore")
    referee = referee_at(referee_path)
    told = ours_by_row(referee, forecasts)
    names = ["ridge", "lightgbm", "autoets", "theta", "autoarima"]
    print("recording@step".ljust(40), "origins", *(f"/{name}".rjust(11) for name in names), flush=True)
    ratios = {}
    for rec in referee.load({name for name, _ in told}):
        if (rec.name, rec.step) not in told:
            continue
        origins, scores = scored(referee, rec, told[(rec.name, rec.step)], int(most_origins))
        row = [scores["ours"] / scores[name] for name in names]
        days = rec.n * rec.step / 86_400
        ratios.setdefault("one-day" if days < 2 else "multi-day", []).append(row)
        print(rec.key.ljust(40), str(origins).rjust(7), *(f"{ratio:11.3f}" for ratio in row), flush=True)
    for group, rows in ratios.items():
        means = np.exp(np.mean(np.log(rows), axis=0))
        print(f"{group}, geometric mean of {len(rows)}".ljust(48), *(f"{mean:11.3f}" for mean in means))


if __name__ == "__main__":
    main(*sys.argv[1:])
