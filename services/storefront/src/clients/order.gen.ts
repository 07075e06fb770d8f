// Generated from services/order/openapi.json by `npm run generate`.
export interface paths {
    "/api/orders/quote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What the shopper's cart costs now, delivered to this address */
        post: operations["quoteOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The shopper's own orders, newest first */
        get: operations["listOrders"];
        put?: never;
        /** Orders the shopper's cart; repeated with the same key it answers the same and does nothing more */
        post: operations["placeOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An order, for its shopper or for whoever has its private link */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancels an order that is neither paid nor sent */
        post: operations["cancelOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payments/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** For the payment provider: a signed event, kept before it is acknowledged */
        post: operations["receivePaymentEvent"];
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
    quoteOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    address: {
                        name?: string;
                        line1?: string;
                        line2?: string;
                        city?: string;
                        postcode?: string;
                        /**
                         * @description ISO 3166-1 alpha-2
                         * @enum {unknown}
                         */
                        country?: "GB" | "GG" | "IM" | "JE" | "IE" | "AT" | "BE" | "DE" | "DK" | "ES" | "FI" | "FR" | "IT" | "LU" | "NL" | "PL" | "PT" | "SE";
                    };
                    /** @enum {unknown} */
                    shippingMethod: "standard" | "express";
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        lines: {
                            sku: string;
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
                            /** @description Hue of its tile, 0 to 359; orders placed before it was known have none */
                            tint: number | null;
                            quantity: number;
                            price: {
                                /** @description Minor units, such as pence */
                                amount: number;
                                currency: string;
                            };
                            total: {
                                /** @description Minor units, such as pence */
                                amount: number;
                                currency: string;
                            };
                            /** @description Free units, at most 99 */
                            available: number;
                        }[];
                        items: {
                            /** @description Minor units, such as pence */
                            amount: number;
                            currency: string;
                        };
                        shipping: {
                            /** @description Minor units, such as pence */
                            amount: number;
                            currency: string;
                        };
                        tax: {
                            /** @description Minor units, such as pence */
                            amount: number;
                            currency: string;
                        };
                        total: {
                            /** @description Minor units, such as pence */
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
    listOrders: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
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
                        items: {
                            /** Format: uuid */
                            id: string;
                            number: string;
                            /** @enum {unknown} */
                            state: "awaiting_payment" | "paid" | "accepted" | "shipped" | "cancelled" | "refunded";
                            /** Format: date-time */
                            placedAt: string;
                            total: {
                                /** @description Minor units, such as pence */
                                amount: number;
                                currency: string;
                            };
                            refunded?: {
                                /** @description Minor units, such as pence */
                                amount: number;
                                currency: string;
                            };
                            units: number;
                        }[];
                        nextCursor: string | null;
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
    placeOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description 8 to 255 visible ASCII characters, new for every order */
                "idempotency-key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    address: {
                        name: string;
                        line1: string;
                        line2?: string;
                        city: string;
                        postcode: string;
                        /**
                         * @description ISO 3166-1 alpha-2
                         * @enum {unknown}
                         */
                        country: "GB" | "GG" | "IM" | "JE" | "IE" | "AT" | "BE" | "DE" | "DK" | "ES" | "FI" | "FR" | "IT" | "LU" | "NL" | "PL" | "PT" | "SE";
                    };
                    /** @enum {unknown} */
                    shippingMethod: "standard" | "express";
                    /** @enum {unknown} */
                    paymentMethod: "card" | "on_delivery";
                    expectedTotal: {
                        /** @description Minor units, such as pence */
                        amount: number;
                        currency: string;
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        number: string;
                        /** @enum {unknown} */
                        state: "awaiting_payment" | "accepted";
                        total: {
                            /** @description Minor units, such as pence */
                            amount: number;
                            currency: string;
                        };
                        payment: {
                            /** @enum {unknown} */
                            method: "card" | "on_delivery";
                            /** @description Where the shopper pays */
                            url?: string;
                        };
                        /** @description Private link to the order */
                        link: string;
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
    getOrder: {
        parameters: {
            query?: {
                key?: string;
            };
            header?: never;
            path: {
                id: string;
            };
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
                        /** Format: uuid */
                        id: string;
                        /** @description For people, such as EM-7Q4K-2M9D */
                        number: string;
                        /** @enum {unknown} */
                        state: "awaiting_payment" | "paid" | "accepted" | "shipped" | "cancelled" | "refunded";
                        /** Format: date-time */
                        placedAt: string;
                        email: string;
                        address: {
                            name: string;
                            line1: string;
                            line2?: string;
                            city: string;
                            postcode: string;
                            /**
                             * @description ISO 3166-1 alpha-2
                             * @enum {unknown}
                             */
                            country: "GB" | "GG" | "IM" | "JE" | "IE" | "AT" | "BE" | "DE" | "DK" | "ES" | "FI" | "FR" | "IT" | "LU" | "NL" | "PL" | "PT" | "SE";
                        };
                        /** @enum {unknown} */
                        shippingMethod: "standard" | "express";
                        lines: {
                            sku: string;
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
                            /** @description Hue of its tile, 0 to 359; orders placed before it was known have none */
                            tint: number | null;
                            quantity: number;
                            price: {
                                /** @description Minor units, such as pence */
                                amount: number;
                                currency: string;
                            };
                            total: {
                                /** @description Minor units, such as pence */
                                amount: number;
                                currency: string;
                            };
                        }[];
                        items: {
                            /** @description Minor units, such as pence */
                            amount: number;
                            currency: string;
                        };
                        shipping: {
                            /** @description Minor units, such as pence */
                            amount: number;
                            currency: string;
                        };
                        tax: {
                            /** @description Minor units, such as pence */
                            amount: number;
                            currency: string;
                        };
                        total: {
                            /** @description Minor units, such as pence */
                            amount: number;
                            currency: string;
                        };
                        payment: {
                            /** @enum {unknown} */
                            method: "card" | "on_delivery";
                            /** @enum {unknown} */
                            state?: "opening" | "open" | "paid" | "expired" | "refunding" | "refunded";
                            /** @description Where the shopper can still pay */
                            url?: string;
                            /** Format: date-time */
                            payUntil?: string;
                            refunded?: {
                                /** @description Minor units, such as pence */
                                amount: number;
                                currency: string;
                            };
                            /** @description What was returned, or is on its way (open), oldest first; also of what was paid twice by mistake */
                            refunds?: {
                                amount: {
                                    /** @description Minor units, such as pence */
                                    amount: number;
                                    currency: string;
                                };
                                /** @enum {unknown} */
                                state: "open" | "done";
                                /** Format: date-time */
                                at: string;
                            }[];
                        };
                        cancellable: boolean;
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
            404: {
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
    cancelOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
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
                        /** Format: uuid */
                        id: string;
                        /** @description For people, such as EM-7Q4K-2M9D */
                        number: string;
                        /** @enum {unknown} */
                        state: "awaiting_payment" | "paid" | "accepted" | "shipped" | "cancelled" | "refunded";
                        /** Format: date-time */
                        placedAt: string;
                        email: string;
                        address: {
                            name: string;
                            line1: string;
                            line2?: string;
                            city: string;
                            postcode: string;
                            /**
                             * @description ISO 3166-1 alpha-2
                             * @enum {unknown}
                             */
                            country: "GB" | "GG" | "IM" | "JE" | "IE" | "AT" | "BE" | "DE" | "DK" | "ES" | "FI" | "FR" | "IT" | "LU" | "NL" | "PL" | "PT" | "SE";
                        };
                        /** @enum {unknown} */
                        shippingMethod: "standard" | "express";
                        lines: {
                            sku: string;
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
                            /** @description Hue of its tile, 0 to 359; orders placed before it was known have none */
                            tint: number | null;
                            quantity: number;
                            price: {
                                /** @description Minor units, such as pence */
                                amount: number;
                                currency: string;
                            };
                            total: {
                                /** @description Minor units, such as pence */
                                amount: number;
                                currency: string;
                            };
                        }[];
                        items: {
                            /** @description Minor units, such as pence */
                            amount: number;
                            currency: string;
                        };
                        shipping: {
                            /** @description Minor units, such as pence */
                            amount: number;
                            currency: string;
                        };
                        tax: {
                            /** @description Minor units, such as pence */
                            amount: number;
                            currency: string;
                        };
                        total: {
                            /** @description Minor units, such as pence */
                            amount: number;
                            currency: string;
                        };
                        payment: {
                            /** @enum {unknown} */
                            method: "card" | "on_delivery";
                            /** @enum {unknown} */
                            state?: "opening" | "open" | "paid" | "expired" | "refunding" | "refunded";
                            /** @description Where the shopper can still pay */
                            url?: string;
                            /** Format: date-time */
                            payUntil?: string;
                            refunded?: {
                                /** @description Minor units, such as pence */
                                amount: number;
                                currency: string;
                            };
                            /** @description What was returned, or is on its way (open), oldest first; also of what was paid twice by mistake */
                            refunds?: {
                                amount: {
                                    /** @description Minor units, such as pence */
                                    amount: number;
                                    currency: string;
                                };
                                /** @enum {unknown} */
                                state: "open" | "done";
                                /** Format: date-time */
                                at: string;
                            }[];
                        };
                        cancellable: boolean;
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
    receivePaymentEvent: {
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
                        received: boolean;
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
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Problem (RFC 9457) */
            415: {
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
