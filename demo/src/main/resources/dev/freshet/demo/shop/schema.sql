-- The shop's tables. Every type that Freshet captures occurs at least once.

CREATE TYPE order_status AS ENUM ('pending', 'paid', 'shipped', 'delivered', 'cancelled');
CREATE TYPE payment_method AS ENUM ('card', 'transfer', 'wallet', 'invoice');

CREATE TABLE customers (
  customer_id   bigint PRIMARY KEY,
  external_id   uuid NOT NULL,
  email         text NOT NULL,
  full_name     text NOT NULL,
  country       varchar(2) NOT NULL,
  birth_date    date,
  tags          text[] NOT NULL,
  preferences   jsonb NOT NULL,
  loyalty_score double precision NOT NULL,
  is_active     boolean NOT NULL,
  created_at    timestamptz NOT NULL
);

CREATE TABLE products (
  product_id    integer PRIMARY KEY,
  sku           text NOT NULL,
  name          text NOT NULL,
  category      text NOT NULL,
  price         numeric(12,2) NOT NULL,
  weight_kg     double precision,
  rating        smallint,
  sizes         integer[] NOT NULL,
  attributes    jsonb NOT NULL,
  description   text NOT NULL,
  thumbnail     bytea,
  introduced_on date NOT NULL
);

CREATE TABLE orders (
  order_id      bigint PRIMARY KEY,
  customer_id   bigint NOT NULL REFERENCES customers,
  status        order_status NOT NULL,
  channel       text NOT NULL,
  ordered_at    timestamp NOT NULL,
  updated_at    timestamptz NOT NULL,
  total         numeric(12,2) NOT NULL,
  discount      numeric(5,4) NOT NULL,
  shipping      jsonb NOT NULL,
  note          text
);

CREATE TABLE order_items (
  order_id      bigint NOT NULL REFERENCES orders,
  line_no       smallint NOT NULL,
  product_id    integer NOT NULL REFERENCES products,
  quantity      integer NOT NULL,
  unit_price    numeric(12,2) NOT NULL,
  is_gift       boolean NOT NULL,
  PRIMARY KEY (order_id, line_no)
);

CREATE TABLE payments (
  payment_id    uuid PRIMARY KEY,
  order_id      bigint NOT NULL REFERENCES orders,
  method        payment_method NOT NULL,
  amount        numeric(12,2) NOT NULL,
  paid_at       timestamptz NOT NULL,
  is_refunded   boolean NOT NULL,
  receipt       jsonb
);

CREATE INDEX orders_by_customer ON orders (customer_id);
CREATE INDEX payments_by_order ON payments (order_id);
