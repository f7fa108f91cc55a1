// Prints one of the README's two commands exactly as it stands there: `node .ci/readme-command.js start|test`.
// Whoever runs them takes them from here, so that what is documented is what is tested.
import { readFileSync } from 'node:fs';
import { argv, stdout } from 'node:process';
import { URL } from 'node:url';

const HEADING = '## Two commands';

/** The lines of the sh blocks under the heading, in order: first the main job, then the tests. */
function readmeCommands(markdown) {
  const section = markdown.split(`${HEADING}\n`)[1]?.split('\n## ')[0] ?? '';
  const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block.trim());
  const lines = blocks.flatMap((block) => block.split('\n'));
  if (lines.length !== 2)
    throw new Error(`README.md: found ${lines.length} commands under "${HEADING}", not 2`);
  return { start: lines[0], test: lines[1] };
}

const commands = readmeCommands(readFileSync(new URL('../README.md', import.meta.url), 'utf8'));
if (commands[argv[2]] === undefined) throw new Error('usage: readme-command.js start|test');
stdout.write(`${commands[argv[2]]}\n`);
