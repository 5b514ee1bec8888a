/** Truth values of Kleene's three-valued logic as numbers: `and` is min, `or` is max, `not` is 2 − x. */
export const no = 0;
export const unknown = 1;
export const yes = 2;
