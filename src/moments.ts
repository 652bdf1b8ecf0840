/** Whether a moment can be written as RFC 3339 does and kept by PostgreSQL: in the years 1 to 9999, UTC. */
export const isWritable = (ms: number): boolean => ms >= -62_135_596_800_000 && ms <= 253_402_300_799_999;
