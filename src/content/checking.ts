import { z } from 'zod';
import { ValidationError } from '../refusals.js';

/** One line of words, of at most `most` characters. */
export const words = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most, `must not be longer than ${most} characters`)
    .regex(/^[^\0\r\n]*$/, 'must be one line');

/** Several lines of plain words, of at most `most` characters. */
export const lines = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `must not be longer than ${most} characters`)
    .regex(/^[^\0]*$/, 'must be plain text');

export const slug = z
  .string()
  .min(1, 'must not be empty')
  .max(200, 'must not be longer than 200 characters')
  .regex(/^[^\s/?#\0]*$/u, 'must not contain spaces, /, ? or #');

export const webAddress = z
  .instanceof(URL)
  .refine(({ protocol }) => protocol === 'https:' || protocol === 'http:', 'must begin with https:// or http://')
  .refine(({ href }) => href.length <= 2048, 'must not be longer than 2048 characters');

/** An address that the service itself is to ask; `refusalOf` says why it may not. */
export const outwardAddress = (refusalOf: (url: URL) => string | null) =>
  webAddress.superRefine((url, problems) => {
    const refusal = refusalOf(url);
    if (refusal !== null) problems.addIssue({ code: 'custom', message: refusal });
  });

/** What `schema` makes of `values`. Throws ValidationError with every field that is wrong, under `path` where one is given. */
export function checked<Output>(schema: z.ZodType<Output>, values: unknown, path: readonly string[] = []): Output {
  const { data, error } = schema.safeParse(values);
  if (!error) return data;
  throw new ValidationError(
    error.issues.map((issue) => ({ path: [...path, ...issue.path.map(String)].join('.'), message: issue.message })),
  );
}
