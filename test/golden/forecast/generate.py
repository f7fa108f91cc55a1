"""Goldens for the numeric parts of src/forecast, from numpy. Run: python3 generate.py (needs numpy), writes numeric.json.

Independent on purpose: ridge by least squares on an augmented matrix (no normal equations), weights applied by their
square roots, quantiles by numpy's own definitions, scores by array formulas.
"""
import json, os
import numpy as np

rng = np.random.default_rng(20260601)

def solves():
    out = []
    for size in (1, 2, 5, 20):
        a = rng.normal(size=(size, size))
        matrix = a @ a.T + 0.1 * np.eye(size)
        right = rng.normal(size=size)
        out.append(dict(matrix=matrix.ravel().tolist(), rightSide=right.tolist(), solution=np.linalg.solve(matrix, right).tolist()))
    return out

def augmented(z, y, w, penalty):
    """Weighted ridge, unpenalised intercept: minimise sum w (y - b0 - z b)^2 + penalty * sum(w) * |b|^2."""
    n, p = z.shape
    root = np.sqrt(w)[:, None]
    design = np.vstack([root * np.column_stack([np.ones(n), z]),
                        np.column_stack([np.zeros(p), np.sqrt(penalty * w.sum()) * np.eye(p)])])
    target = np.concatenate([root[:, 0] * y, np.zeros(p)])
    b = np.linalg.lstsq(design, target, rcond=None)[0]
    return b[0], b[1:]

def regressions():
    out = []
    for rows, columns, penalty, iterations, outliers in ((50, 3, 1e-3, 1, 0), (200, 9, 0.05, 3, 12), (80, 6, 1e-6, 2, 5)):
        x = rng.normal(size=(rows, columns)) * 10.0 ** rng.integers(-3, 4, columns) + rng.normal(size=columns) * 5
        y = (x - x.mean(0)) / x.std(0) @ rng.normal(size=columns) + 3 + 0.3 * rng.normal(size=rows)
        y[:outliers] += 40 * rng.normal(size=outliers)
        z = (x - x.mean(0)) / x.std(0)
        w = np.ones(rows)
        for _ in range(iterations):
            b0, b = augmented(z, y, w, penalty)
            e = y - b0 - z @ b
            scale = 1.4826 * np.median(np.abs(e))
            w = np.minimum(1, 1.345 * scale / np.abs(e))
        coefficients = b / x.std(0)
        out.append(dict(matrix=x.ravel().tolist(), targets=y.tolist(), columns=columns, penalty=penalty, iterations=iterations,
                        coefficients=coefficients.tolist(), intercept=float(b0 - coefficients @ x.mean(0))))
    return out

LEVELS = [.05, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99]

def quantiles():
    out = []
    for n in (1, 2, 7, 100):
        v = np.sort(rng.gamma(2, size=n))
        out.append(dict(sorted=v.tolist(), type7=np.quantile(v, LEVELS, method='linear').tolist(),
                        type5=np.quantile(v, LEVELS, method='hazen').tolist()))
    return out

def accuracies():
    out = []
    for n in (1, 40):
        y = np.where(rng.random(n) < .2, 0, rng.gamma(2, 30, n)); y[0] = 12.5
        q = np.sort(rng.gamma(2, 30, (n, 12)), axis=1); q[n // 2] = np.sort(y[n // 2] * (.95 + .1 * rng.random(12)))
        missing = rng.random(n) < .1; missing[0] = False
        scale = 3.7
        taus = np.array(LEVELS); Y = y[~missing]; Q = q[~missing]
        d = Y[:, None] - Q[:, 1:]; t = taus[1:]
        loss = np.where(d >= 0, t * d, (t - 1) * d).sum(0)
        out.append(dict(quantiles=q.tolist(), actuals=[None if m else float(v) for m, v in zip(missing, y)], scale=scale,
            scores=dict(maseRatio=float(np.abs(Y - Q[:, 5]).mean() / scale), wqlRatio=float((2 * loss / Y.sum()).mean()),
                coverage90Ratio=float(((Y >= Q[:, 0]) & (Y <= Q[:, 10])).mean()), upper95Ratio=float((Y <= Q[:, 10]).mean()),
                within10PercentRatio=float((np.abs(Y - Q[:, 5]) <= .1 * Y).mean()), wapeRatio=float(np.abs(Y - Q[:, 5]).sum() / Y.sum()))))
    return out

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'numeric.json')
json.dump(dict(solves=solves(), regressions=regressions(), levels=LEVELS, quantiles=quantiles(), accuracies=accuracies()), open(path, 'w'))
