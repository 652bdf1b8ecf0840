import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What making one operation took, and what came of it. */
export interface MadeOperation {
  /** As {@link Metrics.operationLabel} has it. */
  operation: string;
  seconds: number;
  /** Of its errors. */
  codes: readonly string[];
  statements: number;
  /** One after the other or at once: it may be more than `seconds`. */
  sqlSeconds: number;
}

/** One of several values that are measured under one name. */
export interface Reading {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** What is measured of the service, as Prometheus reads it. */
export interface Metrics {
  /** Counts one answer. */
  answered(method: string, status: number): void;
  /** What an operation of this name is called here: its name, when it is one that ships or was configured; else `other`. */
  operationLabel(name: string | undefined): string;
  made(operation: MadeOperation): void;
  /** Counts an operation that was answered from memory, by its label. */
  given(operation: string | undefined): void;
  /** Counts one request that was sent away because there was too much to do. */
  shed(): void;
  /**
   * Has `read` asked whenever somebody looks; NaN where it cannot say. What each process has of its own is added up over
   * workers; what all of them read in one place is not.
   */
  gauge(name: string, help: string, read: () => Promise<number>, across?: 'sum' | 'max'): void;
  /** The same for several values, told apart by labels: of these there must be few. None where `read` cannot say. */
  gauges(options: {
    name: string;
    help: string;
    labels: readonly string[];
    read: () => Promise<readonly Reading[]>;
    across?: 'sum' | 'max';
  }): void;
  /** Text exposition format 0.0.4. */
  text(): Promise<{ type: string; body: string }>;
}

export interface MetricsOptions {
  /** Measures the process too: its memory, processor, event loop and garbage. One of a process is enough. */
  ofProcess?: boolean;
  /** The metrics of all workers, where this process is one of several. */
  gather?: () => Promise<string>;
  /** The names that operations may be measured under; what clients make up must not become series without end. */
  operations?: ReadonlySet<string>;
}

/** Methods that are counted under their own name. */
const methods = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']);

const other = 'other';

/** Codes are ours, and few; should one come from elsewhere, it is no reason to grow. */
const mostCodes = 50;

/**
 * A counter of two labels that is told its sums when somebody looks. It finds the place of its labels anew each time it is told,
 * and that takes longer than to look up a kept answer.
 */
function summed<First extends string, Second extends string>(options: {
  name: string;
  help: string;
  labelNames: [First, Second];
  registers: Registry[];
}): (first: string | number, second: string | number) => void {
  const [outer, inner] = options.labelNames;
  const untold = new Map<string | number, Map<string | number, number>>();
  new Counter<string>({
    ...options,
    collect() {
      for (const [first, sums] of untold)
        for (const [second, sum] of sums) this.inc({ [outer]: first, [inner]: second }, sum);
      untold.clear();
    },
  });
  return (first, second) => {
    let sums = untold.get(first);
    if (!sums) untold.set(first, (sums = new Map<string | number, number>()));
    sums.set(second, (sums.get(second) ?? 0) + 1);
  };
}

export function makeMetrics({ ofProcess = false, gather, operations = new Set() }: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (gather) AggregatorRegistry.setRegistries(registry);
  if (ofProcess) collectDefaultMetrics({ register: registry });
  const countRequest = summed({
    name: 'dateline_http_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'status'],
    registers,
  });
  const countOperation = summed({
    name: 'dateline_operations_total',
    help: 'Operations answered, from memory or made.',
    labelNames: ['operation', 'source'],
    registers,
  });
  const errors = new Counter({
    name: 'dateline_operation_errors_total',
    help: 'Errors in the answers of operations, by their code.',
    labelNames: ['operation', 'code'],
    registers,
  });
  const seconds = new Histogram({
    name: 'dateline_operation_seconds',
    help: 'How long operations took that were made, not given from memory.',
    labelNames: ['operation'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const statements = new Counter({
    name: 'dateline_operation_statements_total',
    help: 'Statements that operations sent to the database.',
    labelNames: ['operation'],
    registers,
  });
  const sqlSeconds = new Counter({
    name: 'dateline_operation_sql_seconds_total',
    help: 'How long operations waited for statements, those sent at once counted each.',
    labelNames: ['operation'],
    registers,
  });
  const shed = new Counter({
    name: 'dateline_http_shed_total',
    help: 'Requests sent away with 503 because there was more to do than can be done.',
    registers,
  });
  const codes = new Set<string>();
  const codeLabel = (code: string): string => {
    if (codes.size < mostCodes) codes.add(code);
    return codes.has(code) ? code : other;
  };

  const gauges: Metrics['gauges'] = ({ name, help, labels, read, across = 'sum' }) => {
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      aggregator: across,
      registers,
      async collect() {
        this.reset();
        for (const { labels: of, value } of await read().catch(() => [])) this.set({ ...of }, value);
      },
    });
  };

  return {
    shed: () => shed.inc(),
    answered: (method, status) => countRequest(methods.has(method) ? method : other, status),
    operationLabel: (name) => (name !== undefined && operations.has(name) ? name : other),
    made({ operation, codes: met, ...took }) {
      countOperation(operation, 'made');
      for (const code of met) errors.inc({ operation, code: codeLabel(code) });
      seconds.observe({ operation }, took.seconds);
      statements.inc({ operation }, took.statements);
      sqlSeconds.inc({ operation }, took.sqlSeconds);
    },
    given: (operation = other) => countOperation(operation, 'memory'),
    gauges,
    gauge: (name, help, read, across) =>
      gauges({
        name,
        help,
        labels: [],
        read: async () => [{ labels: {}, value: await read().catch(() => Number.NaN) }],
        ...(across ? { across } : {}),
      }),
    text: async () => ({ type: registry.contentType, body: await (gather ? gather() : registry.metrics()) }),
  };
}
