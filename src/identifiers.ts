import { v7 } from 'uuid';

/** A new UUID version 7 (RFC 9562 section 5.7): later ones sort after earlier ones. */
export const uuidv7 = (): string => v7();
