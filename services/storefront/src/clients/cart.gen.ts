// Generated from services/cart/openapi.json by `npm run generate`.
export interface paths {
    "/api/cart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getCart"];
        put?: never;
        post?: never;
        delete: operations["emptyCart"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/carts/contents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What is in the cart of the shopper named by the identity. Order asks catalog for names and prices itself. */
        get: operations["readContents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/carts/clear": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Takes the lines of an order out of the cart of the shopper named by the identity, once for each order. */
        post: operations["clearOrdered"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cart/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["addToCart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cart/lines/{sku}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["setCartLine"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            detail?: string;
            requestId?: string;
            errors?: {
                field: string;
                reason: string;
            }[];
        } & {
            [key: string]: unknown;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getCart: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cart */
            200: {
                headers: {
                    /** @description Sum of all quantities */
                    "emall-cart-items"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Opaque. Another one after every change, never one that this shopper has seen before; 0 while there is no cart */
                        version: string;
                        lines: {
                            sku: string;
                            /** @description Product page; null once catalog no longer knows the SKU */
                            slug: string | null;
                            name: string;
                            options: {
                                [key: string]: string;
                            };
                            picture: {
                                name: string;
                                alt: string;
                                /** @description The colour to show it in; null when it is that of the picture itself */
                                recolour: string | null;
                            } | null;
                            /** @description Hue of its tile, 0 to 359; null once catalog no longer knows the SKU */
                            tint: number | null;
                            quantity: number;
                            /** @description Of one piece, today */
                            price: {
                                amount: number;
                                currency: string;
                            };
                            /** @description How many can be bought, at most 99 */
                            available: number;
                            /** @description Of the pieces that can be bought */
                            total: {
                                amount: number;
                                currency: string;
                            };
                            /** @enum {unknown} */
                            problem?: "sold-out" | "only-n-left" | "removed" | "price-changed";
                            /** @description When the line was last touched, if it was another */
                            priceWas?: {
                                amount: number;
                                currency: string;
                            };
                        }[];
                        /** @description Of what can be bought */
                        subtotal: {
                            amount: number;
                            currency: string;
                        };
                    };
                };
            };
            /** @description Problem (RFC 9457) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    emptyCart: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cart */
            200: {
                headers: {
                    /** @description Sum of all quantities */
                    "emall-cart-items"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Opaque. Another one after every change, never one that this shopper has seen before; 0 while there is no cart */
                        version: string;
                        lines: {
                            sku: string;
                            /** @description Product page; null once catalog no longer knows the SKU */
                            slug: string | null;
                            name: string;
                            options: {
                                [key: string]: string;
                            };
                            picture: {
                                name: string;
                                alt: string;
                                /** @description The colour to show it in; null when it is that of the picture itself */
                                recolour: string | null;
                            } | null;
                            /** @description Hue of its tile, 0 to 359; null once catalog no longer knows the SKU */
                            tint: number | null;
                            quantity: number;
                            /** @description Of one piece, today */
                            price: {
                                amount: number;
                                currency: string;
                            };
                            /** @description How many can be bought, at most 99 */
                            available: number;
                            /** @description Of the pieces that can be bought */
                            total: {
                                amount: number;
                                currency: string;
                            };
                            /** @enum {unknown} */
                            problem?: "sold-out" | "only-n-left" | "removed" | "price-changed";
                            /** @description When the line was last touched, if it was another */
                            priceWas?: {
                                amount: number;
                                currency: string;
                            };
                        }[];
                        /** @description Of what can be bought */
                        subtotal: {
                            amount: number;
                            currency: string;
                        };
                    };
                };
            };
            /** @description Problem (RFC 9457) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readContents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Opaque. Another one after every change, never one that this shopper has seen before; 0 while there is no cart */
                        version: string;
                        lines: {
                            sku: string;
                            quantity: number;
                        }[];
                    };
                };
            };
            /** @description Problem (RFC 9457) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    clearOrdered: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    orderId: string;
                    lines: {
                        sku: string;
                        quantity: number;
                    }[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem (RFC 9457) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addToCart: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat with the same key adds nothing; known for a day */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    sku: string;
                    quantity: number;
                };
            };
        };
        responses: {
            /** @description The cart */
            200: {
                headers: {
                    /** @description Sum of all quantities */
                    "emall-cart-items"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Opaque. Another one after every change, never one that this shopper has seen before; 0 while there is no cart */
                        version: string;
                        lines: {
                            sku: string;
                            /** @description Product page; null once catalog no longer knows the SKU */
                            slug: string | null;
                            name: string;
                            options: {
                                [key: string]: string;
                            };
                            picture: {
                                name: string;
                                alt: string;
                                /** @description The colour to show it in; null when it is that of the picture itself */
                                recolour: string | null;
                            } | null;
                            /** @description Hue of its tile, 0 to 359; null once catalog no longer knows the SKU */
                            tint: number | null;
                            quantity: number;
                            /** @description Of one piece, today */
                            price: {
                                amount: number;
                                currency: string;
                            };
                            /** @description How many can be bought, at most 99 */
                            available: number;
                            /** @description Of the pieces that can be bought */
                            total: {
                                amount: number;
                                currency: string;
                            };
                            /** @enum {unknown} */
                            problem?: "sold-out" | "only-n-left" | "removed" | "price-changed";
                            /** @description When the line was last touched, if it was another */
                            priceWas?: {
                                amount: number;
                                currency: string;
                            };
                        }[];
                        /** @description Of what can be bought */
                        subtotal: {
                            amount: number;
                            currency: string;
                        };
                    };
                };
            };
            /** @description Problem (RFC 9457) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setCartLine: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sku: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Sets the quantity and accepts the price of today; 0 removes the line */
                    quantity: number;
                };
            };
        };
        responses: {
            /** @description The cart */
            200: {
                headers: {
                    /** @description Sum of all quantities */
                    "emall-cart-items"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Opaque. Another one after every change, never one that this shopper has seen before; 0 while there is no cart */
                        version: string;
                        lines: {
                            sku: string;
                            /** @description Product page; null once catalog no longer knows the SKU */
                            slug: string | null;
                            name: string;
                            options: {
                                [key: string]: string;
                            };
                            picture: {
                                name: string;
                                alt: string;
                                /** @description The colour to show it in; null when it is that of the picture itself */
                                recolour: string | null;
                            } | null;
                            /** @description Hue of its tile, 0 to 359; null once catalog no longer knows the SKU */
                            tint: number | null;
                            quantity: number;
                            /** @description Of one piece, today */
                            price: {
                                amount: number;
                                currency: string;
                            };
                            /** @description How many can be bought, at most 99 */
                            available: number;
                            /** @description Of the pieces that can be bought */
                            total: {
                                amount: number;
                                currency: string;
                            };
                            /** @enum {unknown} */
                            problem?: "sold-out" | "only-n-left" | "removed" | "price-changed";
                            /** @description When the line was last touched, if it was another */
                            priceWas?: {
                                amount: number;
                                currency: string;
                            };
                        }[];
                        /** @description Of what can be bought */
                        subtotal: {
                            amount: number;
                            currency: string;
                        };
                    };
                };
            };
            /** @description Problem (RFC 9457) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
