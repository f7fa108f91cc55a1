import { MS_PER_SECOND } from '../../../domain/clock.ts';
import type { NetworkInUse } from '../../../domain/forecast.ts';
import { DEFAULT_WORKLOAD_CLASS } from '../../../domain/workload-class.ts';
import { originStrideSlots } from '../../past-origins.ts';
import type { Expert, ExpertAnswer, ExpertPath, Question } from '../ensemble/expert.ts';
import type { ServedNetwork } from './correction-memory.ts';
import { Rounds } from './duel.ts';
import type { Challenger, ChallengerFor } from './lstm.ts';
import { missedOn } from './missed-rps.ts';

/**
 * One expert for which two networks speak: at each origin the one that was ahead in the duel there, so that what the expert is
 * weighed by was said out of sample, and a swap or a roll-back leaves all other experts what they are. A challenger
 * is taken where the mixture starts anew, so that no past has to be passed through for its sake; where it is gone, or another
 * is in its place, its contest ends at once.
 */
export class ContendedExpert implements Expert {
  readonly #champion: Expert;
  readonly #challengerFor: ChallengerFor;
  readonly #expertOf: (network: ServedNetwork) => Expert;
  #contest: Contest | undefined;
  #isNew = true;

  constructor(champion: Expert, challengerFor: ChallengerFor, expertOf: (network: ServedNetwork) => Expert) {
    this.#champion = champion;
    this.#challengerFor = challengerFor;
    this.#expertOf = expertOf;
  }

  answerFor(question: Question): ExpertAnswer {
    const champion = this.#champion.answerFor(question);
    const challenger = this.#challengerFor(question.workloadClass ?? DEFAULT_WORKLOAD_CLASS);
    if (this.#contest?.challenger !== challenger) this.#contest = undefined;
    return {
      key: champion.key,
      write: (originSlot, into) => {
        if (this.#isNew && challenger !== undefined)
          this.#contest = new Contest(challenger, this.#expertOf(challenger.network));
        this.#isNew = false;
        return this.#contest?.write(question, champion, originSlot, into) ?? champion.write(originSlot, into);
      },
    };
  }

  forgetBefore(question: Question, originSlot: number): void {
    this.#champion.forgetBefore(question, originSlot);
  }

  startAnew(): void {
    this.#champion.startAnew();
    this.#contest = undefined;
    this.#isNew = true;
  }

  networkInUse(): NetworkInUse | undefined {
    return this.#contest?.verdict();
  }
}

/** What both said at an origin, [step], requests per second. */
interface Said {
  readonly slot: number;
  readonly championRps: Float64Array;
  readonly challengerRps: Float64Array;
}

/** The duel as it goes on from origin to origin; begins anew where it is asked about an older one. */
class Contest {
  readonly challenger: Challenger;
  readonly #expert: Expert;
  #rounds = new Rounds();
  /** What came of these is not known yet; the oldest first. */
  #said: Said[] = [];
  #newestSlot = -Infinity;

  constructor(challenger: Challenger, expert: Expert) {
    this.challenger = challenger;
    this.#expert = expert;
  }

  verdict(): NetworkInUse {
    return this.#rounds.verdict();
  }

  /** Both speak at origins, which are judged; between them the one that serves. */
  write(question: Question, champion: ExpertAnswer, slot: number, { ratesRps, sizes }: ExpertPath): boolean {
    this.#goTo(question, slot);
    const challenger = this.#expert.answerFor(question);
    const isChallengers = this.#rounds.serves === 'challenger';
    if (slot % originStrideSlots(question.history) !== 0)
      return (isChallengers ? challenger : champion).write(slot, { ratesRps, sizes });
    const [championRps, challengerRps] = [
      new Float64Array(ratesRps.length),
      new Float64Array(ratesRps.length),
    ];
    const isSaid =
      champion.write(slot, { ratesRps: championRps, sizes }) &&
      challenger.write(slot, { ratesRps: challengerRps, sizes });
    if (!isSaid) return false;
    if (slot >= this.#unseenFromSlot(question)) this.#said.push({ slot, championRps, challengerRps });
    ratesRps.set(isChallengers ? challengerRps : championRps);
    return true;
  }

  #unseenFromSlot({ history: { stepSeconds } }: Question): number {
    return this.challenger.unseenFromMs / MS_PER_SECOND / stepSeconds;
  }

  /** Judges what is known at `slot`. */
  #goTo({ history, horizonSteps }: Question, slot: number): void {
    if (slot < this.#newestSlot) {
      this.#rounds = new Rounds();
      this.#said = [];
    }
    this.#newestSlot = slot;
    const due = this.#said.findLastIndex((said) => said.slot + horizonSteps <= slot) + 1;
    for (const { slot: origin, championRps, challengerRps } of this.#said.splice(0, due)) {
      // An origin whose first sample never came is none.
      if (Number.isNaN(history.ratesRps[origin - history.firstSlot])) continue;
      const [held, asked] = [championRps, challengerRps].map((rates) => missedOn(rates, origin, history));
      this.#rounds.add(origin * history.stepSeconds, held - asked);
    }
    // Of the question before, at the same origin.
    this.#said = this.#said.filter((said) => said.slot < slot);
  }
}
