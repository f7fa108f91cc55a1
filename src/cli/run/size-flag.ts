import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** "2Gi": bytes as Kubernetes writes them, of at least `minBytes`. */
export function sizeFlag(minBytes: number, minText: string): (text: string) => number {
  return (text) => {
    const { number, unit } =
      /^(?<number>\d{1,15}(\.\d{1,6})?)(?<unit>[kMGT]?|[KMGT]i)$/.exec(text)?.groups ?? {};
    const bytes = number === undefined ? NaN : Math.floor(Number(number) * UNITS[unit]);
    if (!(bytes >= minBytes && Number.isSafeInteger(bytes)))
      throw new InvalidArgumentError(
        `Got "${text}", allowed: a size of at least ${minText} such as 500Mi or 2Gi.`,
      );
    return bytes;
  };
}
