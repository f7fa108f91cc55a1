/** Flags of what is run by hand: benches, the fuzz. What is not allowed ends the process with 2, in one line. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ readonly options: O }>>['values'];

/** What the command line gave, by flag; nothing but flags is allowed there. */
export function commandFlags<const O extends Options>(options: O): Values<O> {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    const allowed = Object.keys(options).map((name) => `--${name}`);
    return refuse(`${(error as Error).message.split('. ')[0]}; allowed: ${allowed.join(', ')}`);
  }
}

/** From 1 on, in digits. */
export function wholeNumber(flag: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  return refuse(`--${flag}: got ${JSON.stringify(text)}, allowed: whole numbers from 1 to 999999999`);
}

/** Whole numbers between commas. */
export function wholeNumbers(flag: string, text: string): readonly number[] {
  return text.split(',').map((one) => wholeNumber(flag, one));
}

/** Names between commas. */
export function namesOf<const Name extends string>(
  flag: string,
  text: string,
  allowed: readonly Name[],
): readonly Name[] {
  return text.split(',').map((one) => {
    const name = allowed.find((known) => known === one);
    return name ?? refuse(`--${flag}: got ${JSON.stringify(one)}, allowed: ${allowed.join(', ')}`);
  });
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
