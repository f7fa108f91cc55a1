/** A progress bar on stderr for long work; silent where stderr is no terminal. */
export interface Progress {
  /** `doneRatio` in 0..1; `label` says what is being done. */
  update(doneRatio: number, label: string): void;
  finish(): void;
}

const BAR_CELLS = 24;
const MIN_REDRAW_MS = 80;

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { update: () => undefined, finish: () => undefined };
  let drawnAtMs = -Infinity;
  return {
    update(doneRatio, label) {
      const nowMs = performance.now();
      if (nowMs - drawnAtMs < MIN_REDRAW_MS && doneRatio < 1) return;
      drawnAtMs = nowMs;
      const full = Math.round(Math.min(1, Math.max(0, doneRatio)) * BAR_CELLS);
      const line = `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${String(Math.round(doneRatio * 100)).padStart(3)} % ${label}`;
      stream.write(`\r\u001b[2K${line.slice(0, (stream.columns ?? 80) - 1)}`);
    },
    finish() {
      stream.write('\r\u001b[2K');
    },
  };
}
