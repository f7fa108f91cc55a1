/** The load of a fleet: one gauge for each workload, that all step up at once, and a Prometheus that scrapes them. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  makePrometheusDir,
  startPrometheus,
  type RealPrometheus,
} from '../../integration/prometheus/real-prometheus.ts';

/** What two replicas of `reactionPolicy` serve well, and what they do not. */
const CALM_RPS = 8;
const STEP_FACTOR = 4;
const SCRAPE_SECONDS = 5;

export interface ShopLoad {
  readonly prometheus: RealPrometheus;
  /** Of a workload, as Prometheus has it now. */
  scrapedRps(name: string): Promise<number>;
  /** From now on all loads are several times what they were. */
  step(): void;
  stop(): Promise<void>;
}

export async function startShopLoad(names: readonly string[]): Promise<ShopLoad> {
  let rateRps = CALM_RPS;
  const exporter = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(`# TYPE rps gauge\n${names.map((name) => `rps{app="${name}"} ${rateRps}\n`).join('')}`);
  });
  exporter.listen(0, '127.0.0.1');
  await once(exporter, 'listening');
  const target = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
  const dir = await makePrometheusDir();
  // JSON is YAML.
  const config = {
    global: { scrape_interval: `${SCRAPE_SECONDS}s` },
    scrape_configs: [{ job_name: 'fleet', static_configs: [{ targets: [target] }] }],
  };
  await writeFile(join(dir, 'prometheus.yml'), JSON.stringify(config));
  const prometheus = await startPrometheus(dir);
  return {
    prometheus,
    async scrapedRps(name) {
      const query = new URLSearchParams({ query: `rps{app="${name}"}` });
      const answer = await fetch(`${prometheus.url}/api/v1/query?${query.toString()}`);
      const { data } = (await answer.json()) as { data: { result: readonly { value: [number, string] }[] } };
      return Number(data.result[0]?.value[1]);
    },
    step: () => void (rateRps = STEP_FACTOR * CALM_RPS),
    async stop() {
      await prometheus.remove();
      exporter.close();
      exporter.closeAllConnections();
    },
  };
}
