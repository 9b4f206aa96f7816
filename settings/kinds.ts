import { z } from 'zod';

/** `true`, `on`, `yes`, `1` and their opposites; a plain conversion would take `false` as true. */
export const flag = z.stringbool();
export const someText = z.string().min(1).optional();
export const wholeNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
export const port = wholeNumber(0, 65_535);
