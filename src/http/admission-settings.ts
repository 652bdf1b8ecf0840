import { z } from 'zod';
import { type AdmissionOptions, usualAdmission } from './admission.js';

/** What of the environment says how much is worked on at once. */
export const admissionSettings = {
  /** How many requests are worked on at once by a process; 0 for as many as come. */
  CONCURRENT_REQUESTS: z.coerce
    .number({ error: 'must be a number of requests' })
    .int()
    .min(0)
    .max(100_000)
    .default(usualAdmission.atOnce),
  /** How many wait for their turn. */
  WAITING_REQUESTS: z.coerce
    .number({ error: 'must be a number of requests' })
    .int()
    .min(0)
    .max(100_000)
    .default(usualAdmission.waiting),
  /** How long. */
  WAITING_SECONDS: z.coerce
    .number({ error: 'must be a number of seconds' })
    .min(0.05)
    .max(60)
    .default(usualAdmission.longestWaitMs / 1000),
};

type Settings = z.infer<z.ZodObject<typeof admissionSettings>>;

/** Absent for all that comes. */
export const admissionFrom = (env: Settings): AdmissionOptions | undefined =>
  env.CONCURRENT_REQUESTS === 0
    ? undefined
    : {
        ...usualAdmission,
        atOnce: env.CONCURRENT_REQUESTS,
        waiting: env.WAITING_REQUESTS,
        longestWaitMs: env.WAITING_SECONDS * 1000,
      };
