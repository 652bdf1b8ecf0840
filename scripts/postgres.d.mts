export interface OwnPostgres {
  readonly bin: string;
  readonly port: number;
  readonly data: string;
  readonly url: string;
  start(): void;
  stop(mode?: 'fast' | 'immediate'): void;
  kill(): void;
  remove(): void;
}

export function ownPostgres(options?: {
  parent?: string;
  settings?: Record<string, string | number>;
  isDurable?: boolean;
  primary?: OwnPostgres;
}): Promise<OwnPostgres | null>;
