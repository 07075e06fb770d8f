/** Departments with what is sold in them. The first of a list is the commonest: everything here is drawn with a skew. */
export const departments: Record<string, Record<string, string[]>> = {
  'Home & Kitchen': { Cookware: ['Pan', 'Pot', 'Wok', 'Casserole', 'Griddle'], Tableware: ['Bowl', 'Plate', 'Mug', 'Jug', 'Glass', 'Teapot'], Storage: ['Box', 'Basket', 'Jar', 'Tin', 'Crate'], Bedding: ['Blanket', 'Pillow', 'Duvet', 'Sheet'] },
  Clothing: { Tops: ['Shirt', 'Jumper', 'T-Shirt', 'Cardigan', 'Hoodie'], Trousers: ['Jeans', 'Chinos', 'Shorts', 'Leggings'], Outerwear: ['Jacket', 'Coat', 'Parka', 'Raincoat'], Shoes: ['Trainers', 'Boots', 'Sandals', 'Slippers'] },
  Electronics: { Audio: ['Headphones', 'Speaker', 'Earbuds', 'Turntable', 'Radio'], Lighting: ['Lamp', 'Lantern', 'Torch', 'Spotlight'], Computing: ['Keyboard', 'Mouse', 'Monitor', 'Webcam', 'Charger'] },
  Garden: { Plants: ['Fern', 'Cactus', 'Palm', 'Ivy', 'Orchid'], Tools: ['Spade', 'Trowel', 'Rake', 'Shears', 'Hose'], Furniture: ['Bench', 'Chair', 'Table', 'Parasol'] },
  Toys: { Games: ['Puzzle', 'Board Game', 'Card Game', 'Quiz'], 'Soft Toys': ['Bear', 'Rabbit', 'Fox', 'Owl', 'Elephant'], Building: ['Blocks', 'Train Set', 'Castle', 'Rocket'] },
  Gifts: { Cards: ['Card', 'Postcard', 'Gift Wrap', 'Ribbon'], Candles: ['Candle', 'Tealight Holder', 'Diffuser'], Decorations: ['Bunting', 'Wreath', 'Garland', 'Ornament', 'Frame'] },
  Sport: { Fitness: ['Mat', 'Dumbbell', 'Kettlebell', 'Skipping Rope'], Cycling: ['Helmet', 'Pump', 'Lock', 'Pannier'], Camping: ['Tent', 'Sleeping Bag', 'Stove', 'Flask', 'Backpack'] },
  Books: { Cooking: ['Cookbook', 'Baking Book', 'Cocktail Book'], Travel: ['Guidebook', 'Atlas', 'Map'], Stationery: ['Notebook', 'Diary', 'Pen', 'Pencil Case', 'Planner'] },
};

export const adjectives = ['Classic', 'Vintage', 'Large', 'Small', 'Soft', 'Modern', 'Folding', 'Everyday', 'Handmade', 'Slim', 'Striped', 'Rustic', 'Retro', 'Quilted', 'Portable', 'Nordic', 'Heavy', 'Double', 'Little', 'Floral', 'Glazed', 'Woven', 'Scented', 'Waterproof', 'Insulated', 'Adjustable', 'Reversible', 'Weathered', 'Scalloped', 'Herringbone'];
export const materials = ['Cotton', 'Oak', 'Steel', 'Glass', 'Wool', 'Linen', 'Leather', 'Ceramic', 'Bamboo', 'Canvas', 'Copper', 'Felt', 'Enamel', 'Walnut', 'Cork', 'Marble', 'Recycled Plastic', 'Stoneware', 'Wicker', 'Velvet'];
export const colours = ['Black', 'White', 'Blue', 'Grey', 'Red', 'Green', 'Pink', 'Navy', 'Cream', 'Yellow', 'Brown', 'Orange', 'Teal', 'Purple', 'Mustard', 'Sage', 'Terracotta', 'Lilac'];
export const sizes = ['S', 'M', 'L', 'XL', 'XS'];

const onsets = ['b', 'br', 'c', 'd', 'f', 'g', 'h', 'k', 'l', 'm', 'n', 'p', 'r', 's', 'st', 't', 'tr', 'v', 'w', 'z'];
const vowels = ['a', 'e', 'i', 'o', 'u', 'ai', 'ea', 'oo'];
const codas = ['', 'n', 'r', 'l', 's', 'm', 'ck', 'nd'];

/** A word that nobody has heard but anybody could say; the same number gives the same word, nearby ones differ. */
export function inventWord(n: number): string {
  let rest = n;
  const take = (parts: string[]) => {
    const part = parts[rest % parts.length] ?? '';
    rest = Math.floor(rest / parts.length);
    return part;
  };
  return take(onsets) + take(vowels) + take(codas) + take(onsets) + take(vowels);
}
