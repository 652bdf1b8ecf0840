import {
  DirectiveLocation,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';

const common = {
  if: {
    type: new GraphQLNonNull(GraphQLBoolean),
    defaultValue: true,
    description: 'Whether to do so at all.',
  },
  label: { type: GraphQLString, description: 'What the part is called where it comes.' },
};

export const deferDirective = new GraphQLDirective({
  name: 'defer',
  description:
    'Has a fragment sent after the rest, as soon as it is there. Ignored for a client that does not accept an answer in parts.',
  locations: [DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT],
  args: common,
});

export const streamDirective = new GraphQLDirective({
  name: 'stream',
  description: 'Has a list sent item by item. Ignored for a client that does not accept an answer in parts.',
  locations: [DirectiveLocation.FIELD],
  args: {
    ...common,
    initialCount: { type: GraphQLInt, defaultValue: 0, description: 'How many items come with the rest.' },
  },
});

/** A list that is to come item by item. */
export interface Stream {
  readonly initialCount: number;
  readonly label: string | null;
}
