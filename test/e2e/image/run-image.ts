/** Runs an image the way a locked-down pod does: unprivileged, in a root file system that cannot be written to. */
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram, type RunResult } from '../run-command.ts';
import type { ImageConfig } from './dockerfile.ts';

export interface ImageRun {
  /** The folder that buildImage made. */
  readonly root: string;
  readonly config: ImageConfig;
  /** What the base image brings: the program that ENTRYPOINT names. */
  readonly node: string;
  /** Instead of ENTRYPOINT, for a look around. */
  readonly entrypoint?: readonly string[];
  readonly args: readonly string[];
  /** Seen as /data. */
  readonly data: string;
  /** Seen as /var/lib/prescale/store, where it can be written to. */
  readonly store?: string;
  readonly scratch: string;
}

/**
 * A new mount namespace whose root holds libraries, certificates, node, the image, /data and nothing else, all of it
 * read-only: there is no shell and no program to call.
 */
const ENTER = `
set -eu
root=$1 image=$2 node=$3 data=$4 user=$5 store=$6
shift 6
mount -t tmpfs tmpfs "$root"
mkdir -p "$root/usr/lib" "$root/usr/lib64" "$root/usr/local/bin" "$root/etc/ssl" "$root/proc" "$root/dev" "$root/data"
for link in lib lib64; do if [ -L "/$link" ]; then ln -s "usr/$link" "$root/$link"; fi; done
touch "$root/dev/null" "$root/dev/urandom" "$root/usr/local/bin/node" "$root/etc/resolv.conf" "$root/etc/hosts"
bind() { mount --bind "$1" "$2"; mount -o remount,bind,ro "$2" 2>/dev/null || true; }
bind /usr/lib "$root/usr/lib"
if [ -d /usr/lib64 ]; then bind /usr/lib64 "$root/usr/lib64"; fi
bind "$node" "$root/usr/local/bin/node"
for file in resolv.conf hosts ssl; do if [ -e "/etc/$file" ]; then bind "/etc/$file" "$root/etc/$file"; fi; done
for folder in "$image"/*; do
  mkdir -p "$root/\${folder##*/}"
  bind "$folder" "$root/\${folder##*/}"
done
bind "$data" "$root/data"
if [ -n "$store" ]; then
  mkdir -p "$root/var/lib/prescale/store"
  mount --bind "$store" "$root/var/lib/prescale/store"
fi
mount --bind /dev/null "$root/dev/null"
mount --bind /dev/urandom "$root/dev/urandom"
mount -t proc proc "$root/proc"
mount -o remount,ro "$root"
exec setpriv --no-new-privs chroot --userspec="$user" --groups= "$root" "$@"
`;

export async function runImage(run: ImageRun): Promise<RunResult> {
  const root = await mkdtemp(join(run.scratch, 'root-'));
  const [program, ...more] = [...(run.entrypoint ?? run.config.entrypoint), ...run.args];
  if (program !== 'node') throw new Error(`the image starts ${program}, which this test does not bring`);
  const places = [root, run.root, run.node, run.data, run.config.user, run.store ?? ''];
  const within = ['sh', '-c', ENTER, 'enter', ...places, '/usr/local/bin/node', ...more];
  const namespaces = ['--mount', '--pid', '--fork', '--propagation', 'private'];
  return runProgram('unshare', [...namespaces, ...within], { cwd: '/', env: run.config.environment });
}
