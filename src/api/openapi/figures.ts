/** Figures on the wire. */
import { z } from 'zod';

export const at = (description: string): z.ZodISODateTime => z.iso.datetime().describe(description);
export const replicas = (description: string): z.ZodInt => z.int().min(0).describe(description);
export const rps = (description: string): z.ZodNumber => z.number().min(0).describe(description);
export const ratio = (description: string): z.ZodNumber => z.number().min(0).max(1).describe(description);
