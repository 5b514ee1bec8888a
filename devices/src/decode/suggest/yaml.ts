import type { DiscoverySuggestion } from '@caretaker/readings/uplink';
import { Document, isMap, isSeq, visit } from 'yaml';

/** Deeper than an entry of a list everything stands on one line, as people write it. */
const entryDepth = 5;

/** The suggestion as a piece of an estate's YAML, to be pasted into its `assets` and `mappings`. */
export function suggestionYaml({ assets, mappings }: DiscoverySuggestion): string {
  const document = new Document({ assets, mappings }, { aliasDuplicateObjects: false });
  visit(document, (_key, node, path) => {
    // Fields stand one a line, each of them in one.
    const isFields = isSeq(node) && node.items.some((item) => isMap(item));
    if ((isMap(node) || isSeq(node)) && !isFields && path.length >= entryDepth) node.flow = true;
  });
  return document.toString({ lineWidth: 110, flowCollectionPadding: true });
}
