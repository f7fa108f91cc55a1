/** The module that a thread beside `parentUrl` begins with; undefined where only a loader of TypeScript could read it. */
export function workerFile(name: string, parentUrl: string): URL | undefined {
  return parentUrl.endsWith('.js') ? new URL(`./${name}.js`, parentUrl) : undefined;
}
