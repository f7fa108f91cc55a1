/** The flags as spec.ts declares and parses them. */
export interface TrainFlags {
  readonly recording: readonly string[];
  readonly out: string;
  /** A network to fine-tune. */
  readonly from?: string;
  readonly generated: number;
  readonly epochs: number;
  readonly patience: number;
  readonly units?: number;
  readonly seed: number;
  readonly resume?: true;
  readonly json?: true;
}
